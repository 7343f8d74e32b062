process.exit(5);
export const handle = (): void => undefined;
