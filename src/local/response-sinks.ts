import type { ServerResponse } from "node:http";
import { formatPayloadChunk } from "../protocol/event-stream.ts";
import { MAX_RESPONSE_BYTES } from "../protocol/limits.ts";
import type { ResponseSink } from "./invocation.ts";

/** Collects a response, streamed or not, for a caller who wants it whole. */
export class BufferedSink implements ResponseSink {
  #chunks: Buffer[] = [];
  #length = 0;

  write(chunk: Buffer): Promise<void> {
    this.#length += chunk.length;
    if (this.tooLarge) this.#chunks = [];
    else this.#chunks.push(chunk);
    return Promise.resolve();
  }

  /** Only a streamed response can get here this large; what is kept is nothing then. */
  get tooLarge(): boolean {
    return this.#length > MAX_RESPONSE_BYTES;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

/**
 * Passes a response on as it comes, at the caller's pace. When the caller has gone the function runs on, as on Lambda,
 * and what it says is dropped.
 */
export class EventStreamSink implements ResponseSink {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  write(chunk: Buffer): Promise<void> {
    return chunk.length === 0 ? Promise.resolve() : writeAtPace(this.#response, formatPayloadChunk(chunk));
  }
}

/** Resolves when the caller wants more, or has gone. */
export function writeAtPace(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  if (response.destroyed || bytes.length === 0 || response.write(bytes)) return Promise.resolve();
  return new Promise((resolve) => {
    const go = (): void => {
      response.off("drain", go);
      response.off("close", go);
      resolve();
    };
    response.on("drain", go);
    response.on("close", go);
  });
}
