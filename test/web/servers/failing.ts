export const throwing = {
  listen(): never {
    throw new RangeError("no port is good enough");
  },
};

export const serverless = { listen: (): string => "nothing" };

export const rejected: Promise<never> = Promise.reject(new TypeError("no database"));
rejected.catch(() => undefined);
