function connect(): never {
  throw new Error("no database");
}

export const connection: unknown = connect();
export const handle = (): void => undefined;
