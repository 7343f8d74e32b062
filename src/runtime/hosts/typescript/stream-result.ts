import type { HandlerOutcome, StreamSource } from "../../outcome.ts";
import { describeError } from "../../describe-error.ts";

const encoder = new TextEncoder();
const EMPTY = new Uint8Array(0);

/** A `ReadableStream`, an async generator, a Node.js `Readable`: anything that hands out chunks in time. */
export function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/**
 * Waits for the first chunk. Until it exists nothing is sent, so that an error before it is a plain function error.
 * Chunks are strings (UTF-8) or bytes; any other value is sent as JSON, as AWS's Node.js runtime does.
 */
export async function openStream(stream: AsyncIterable<unknown>): Promise<HandlerOutcome> {
  const { pull, close } = openPull(stream);
  let ended = false;
  const cancel = (): void => {
    // The source's own clean-up is its business: nobody is left to tell of a failure but the log.
    close().catch((error: unknown) => console.error("Closing the response stream failed:", error));
  };
  const next = async (): Promise<IteratorResult<Uint8Array, unknown>> => {
    if (ended) return { done: true, value: undefined };
    const step = await pull();
    if (step.done === true) {
      ended = true;
      return { done: true, value: undefined };
    }
    try {
      return { done: false, value: encodeChunk(step.value) };
    } catch (error) {
      cancel();
      throw error;
    }
  };
  const source: StreamSource = {
    contentType: "application/octet-stream",
    next,
    cancel,
    describe: describeError,
  };
  const first = await next();
  return { kind: "stream", first: first.done === true ? EMPTY : first.value, source };
}

interface Pull {
  readonly pull: () => Promise<{ readonly done?: boolean | undefined; readonly value?: unknown }>;
  /** At once, also while a `pull` is under way: an iterator's own `return` waits for that. */
  readonly close: () => Promise<unknown>;
}

function openPull(stream: AsyncIterable<unknown>): Pull {
  if (stream instanceof ReadableStream) {
    const reader = stream.getReader();
    return { pull: () => reader.read(), close: () => reader.cancel() };
  }
  const iterator = stream[Symbol.asyncIterator]();
  return {
    pull: () => iterator.next(),
    // Async, so that what throws at once is a rejection like any other.
    close: async () => {
      if ("destroy" in stream && typeof stream.destroy === "function") Reflect.apply(stream.destroy, stream, []);
      return iterator.return?.();
    },
  };
}

function encodeChunk(chunk: unknown): Uint8Array {
  if (typeof chunk === "string") return encoder.encode(chunk);
  if (chunk instanceof Uint8Array) return chunk;
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const json = JSON.stringify(chunk);
  if (json === undefined) throw new TypeError(`Invalid response format: a chunk of the stream is a ${typeof chunk}`);
  return encoder.encode(json);
}
