import { existsSync } from "node:fs";
import { opened } from "./gate.ts";

export const echo = (event: unknown): unknown => event;

export const fails = (): never => {
  throw new Error("asked to");
};

export const neverSettles = (): Promise<never> => new Promise(() => undefined);

export async function rejectsBeside(): Promise<string> {
  void Promise.reject(new Error("forgotten promise"));
  await new Promise((resolve) => setTimeout(resolve, 50));
  return "too late";
}

let waiting = 0;

/** Leaves a rejection behind as `rejectsBeside` does, but only when the third invocation is under way. */
export function thirdRejects(): Promise<string> {
  waiting += 1;
  return waiting === 3 ? rejectsBeside() : new Promise((resolve) => setTimeout(() => resolve("too late"), 60_000));
}

export function throwsBeside(): Promise<string> {
  setImmediate(() => {
    throw new TypeError("out of a callback");
  });
  return new Promise((resolve) => setTimeout(() => resolve("too late"), 1_000));
}

/** Leaves a fault behind that strikes once the file is there. */
export function leavesFault({ kind, until }: { kind: "reject" | "throw"; until: string }): string {
  const waiting = setInterval(() => {
    if (!existsSync(until)) return;
    clearInterval(waiting);
    const error = new Error(`left by ${kind}`);
    if (kind === "throw") throw error;
    void Promise.reject(error);
  }, 5);
  return "done";
}

export const exitsWith = ({ code }: { code: string }): never => process.exit(code);

export async function faultsUnseen({ how }: { how: "reject" | "throw" }): Promise<void> {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const unseen: unknown = proxy;
  if (how === "reject") void Promise.reject(unseen);
  else
    setImmediate(() => {
      throw unseen;
    });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
}

export const waits = ({ until }: { until: string }): Promise<void> => opened(until);

export const exitsLater = (): Promise<never> => {
  setTimeout(() => process.exit(4), 1);
  return new Promise(() => undefined);
};

export const throwsAnything = ({ what }: { what: string }): never => {
  const things: Record<string, unknown> = {
    text: "a string",
    null: null,
    undefined,
    frozen: Object.freeze(new Error("frozen")),
    getter: {
      get message(): string {
        throw new Error("no");
      },
    },
    longName: Object.assign(new Error("named"), { name: "A".repeat(100_000) }),
    hiddenErrors: Object.assign(new Error("hides its list"), {
      errors: new Proxy([1], {
        get() {
          throw new Error("no");
        },
      }),
    }),
    huge: new Error("x".repeat(20_000_000)),
    aggregate: new AggregateError([new Error("one"), new TypeError("two")], "both"),
  };
  throw things[what];
};

/** Every kind of behaviour, chosen by the event: for the test that mixes them. */
export function mixed(event: { do: string; size?: number }): unknown {
  switch (event.do) {
    case "throw":
      throw new Error("asked to");
    case "never":
      return new Promise(() => undefined);
    case "exit":
      return process.exit(9);
    case "reject":
      return rejectsBeside();
    case "large":
      return "x".repeat(event.size ?? 0);
    case "stream":
      return chunks(3);
    case "broken-stream":
      return chunks(2, new Error("stream broke"));
    default:
      return event;
  }
}

async function* chunks(count: number, error?: Error): AsyncGenerator<string> {
  for (let index = 0; index < count; index++) yield `chunk ${index};`;
  if (error !== undefined) throw error;
}
