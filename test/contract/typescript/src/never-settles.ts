await new Promise(() => undefined);
export const handle = (): void => undefined;
