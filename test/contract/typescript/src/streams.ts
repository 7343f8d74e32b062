import { Readable } from "node:stream";
import { opened } from "./gate.ts";

export async function* texts(event: { chunks: string[] }): AsyncGenerator<string> {
  for (const chunk of event.chunks) yield chunk;
}

/** The second chunk waits for the test to say so. */
export async function* slow(event: { until: string }): AsyncGenerator<string> {
  yield "first";
  await opened(event.until);
  yield "second";
}

export const bytes = (): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array([0, 255, 128]));
      controller.enqueue(new Uint8Array(0));
      controller.enqueue(new TextEncoder().encode("é"));
      controller.close();
    },
  });

export async function* values(): AsyncGenerator<unknown> {
  yield { token: 1 };
  yield [2];
}

class ModelOverloaded extends Error {}

// eslint-disable-next-line require-yield
export async function* failsAtOnce(): AsyncGenerator<string> {
  throw new ModelOverloaded("no capacity");
}

export async function* failsMidway(): AsyncGenerator<string> {
  yield "half";
  throw new ModelOverloaded("x".repeat(100_000));
}

export async function* neverGoesOn(): AsyncGenerator<string> {
  yield "half";
  await new Promise(() => undefined);
}

export async function* nothing(): AsyncGenerator<string> {}

/** Says how much was taken from it: a reader that stops must stop it. */
export async function* endless(): AsyncGenerator<Uint8Array> {
  let sent = 0;
  try {
    for (; sent < 4_000; sent++) yield new Uint8Array(65_536);
  } finally {
    console.log(`closed after ${sent} chunks`);
  }
}

/** Many chunks, large or small: says how far memory grew. Returns after the last what the process held at most. */
export async function* memory({ chunks, size }: { chunks: number; size: number }): AsyncGenerator<Uint8Array> {
  const before = process.memoryUsage.rss();
  let most = before;
  for (let index = 0; index < chunks; index++) {
    yield new Uint8Array(size);
    if (index % 100 === 0) most = Math.max(most, process.memoryUsage.rss());
  }
  console.log(`grew by ${Math.round((most - before) / 1_048_576)} MiB`);
}

/** Gives one chunk and has no other for a long time. */
export const stalled = ({ kind }: { kind: "web" | "node" }): ReadableStream<Uint8Array> | Readable => {
  setTimeout(() => undefined, 60_000);
  let pulls = 0;
  const once = (give: (chunk: Uint8Array) => void): void => {
    if (pulls++ === 0) give(new Uint8Array(10));
  };
  const close = (): void => console.log("source closed");
  if (kind === "web") {
    return new ReadableStream(
      {
        pull: (controller) => {
          once((chunk) => controller.enqueue(chunk));
          return pulls > 1 ? new Promise(() => undefined) : undefined;
        },
        cancel: close,
      },
      { highWaterMark: 0 },
    );
  }
  return new Readable({
    read() {
      once((chunk) => this.push(chunk));
    },
    destroy(error, done) {
      close();
      done(error);
    },
  });
};

export async function* unencodable(): AsyncGenerator<unknown> {
  try {
    yield "half";
    yield 10n;
  } finally {
    console.log("cleaned up");
  }
}

/** An iterator written by hand, as strict as the language allows. */
export const byHand = ({ chunks }: { chunks: number }): AsyncIterable<string> => ({
  [Symbol.asyncIterator]: () => {
    let asked = 0;
    return {
      next: async () => {
        if (asked > chunks) throw new Error("asked again after the end");
        asked++;
        await new Promise((resolve) => setTimeout(resolve, 1));
        return asked > chunks ? { done: true, value: undefined } : { done: false, value: "x".repeat(65_536) };
      },
      return: () => {
        throw new Error("can't be closed");
      },
    };
  },
});
