import { createRequire } from "node:module";
import { createServer } from "node:net";
import { lookup } from "node:dns/promises";
import { batch, type Context, handler } from "mayfly";
import { z } from "zod";

const stackHere = (): string => new Error("here").stack ?? "";

export const sync = (): string => stackHere();

export const asynchronous = async (): Promise<string> => {
  await Promise.resolve();
  const stack = await inner();
  return stack;
};

async function inner(): Promise<string> {
  await Promise.resolve();
  return stackHere();
}

const Anything = z.object({});

export const checked: (event: unknown, context: Context) => unknown = handler({ event: Anything }, () => stackHere());

export const queue = async (event: never, context: Context): Promise<string> => {
  let stack = "";
  const work = batch(() => {
    stack = stackHere();
  });
  await work(event, context);
  return stack;
};

export const app = { fetch: (): Response => new Response(stackHere()) };

export const callback = (_event: unknown, _context: unknown, done: (error: null, stack: string) => void): void => {
  setTimeout(() => done(null, stackHere()), 1);
};

/** What libraries take stacks by. */
export const captured = (): unknown => {
  const plain: { stack?: string } = {};
  Error.captureStackTrace(plain);
  const named: { name: string; message: string; stack?: string } = { name: "Named", message: "with a message" };
  Error.captureStackTrace(named);
  class Own extends Error {
    override name = "Own";
    constructor() {
      super("its own");
      Error.captureStackTrace(this, Own);
    }
  }
  // Older libraries inherit from a made error, as follow-redirects does.
  const inherited: Error = Object.create(new Error());
  Error.captureStackTrace(inherited);
  return [plain.stack, named.stack, new Own().stack, inherited.stack];
};

export const ownFormat = (): unknown => {
  const before = Error.prepareStackTrace;
  Error.prepareStackTrace = (_error, frames) => frames[0]?.getLineNumber();
  const line: unknown = new Error("structured").stack;
  Error.prepareStackTrace = before;
  return line;
};

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

export async function fetches(): Promise<unknown> {
  const url = `http://user:secret@127.0.0.1:${await closedPort()}/orders?key=secret`;
  try {
    await fetch(url);
    return "answered";
  } catch (error) {
    if (!(error instanceof TypeError) || !(error.cause instanceof Error)) return "another error";
    const { name, message, stack, cause } = error;
    return { name, message, stack, code: Reflect.get(cause, "code"), cause: cause.message };
  }
}

export async function aborts(): Promise<string> {
  try {
    await fetch("http://127.0.0.1:1/", { signal: AbortSignal.abort() });
    return "answered";
  } catch (error) {
    return error instanceof Error ? error.name : "no error";
  }
}

export const looksUp = (): Promise<unknown> => lookup("nobody.invalid");

export async function missing(event: { name: string }): Promise<unknown> {
  const lookUps = [
    () => import(event.name) as Promise<unknown>,
    async () => createRequire(import.meta.url)(event.name),
  ];
  return Promise.all(
    lookUps.map(async (lookUp) => {
      const error = await Promise.resolve(lookUp()).catch((thrown: unknown) => thrown);
      return error instanceof Error && [error.name, error.constructor.name, Reflect.get(error, "code")];
    }),
  );
}

export const misses = (event: { name: string }): Promise<unknown> => import(event.name);

export const lossy = (): unknown => ({
  orders: new Map([["a", 1]]),
  tags: new Set([1]),
  list: [Number.NaN, () => 1],
  run: () => 1,
  nested: { cause: new Error("lost"), soon: Promise.resolve(1) },
  date: new Date(0),
});

function failing(): never {
  throw new Error("in the last step");
}

function lastStep(): never {
  return failing();
}

export function lastSteps(): string | undefined {
  try {
    return lastStep();
  } catch (error) {
    return error instanceof Error ? error.stack : "";
  }
}
