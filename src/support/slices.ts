import { closeSync, openSync, readSync } from "node:fs";

/** Bytes that are in memory, or a part of a file. */
export type Slice = Uint8Array | FilePart;

export interface FilePart {
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
}

/** Little enough to stay in the processor's cache from being read to being written. */
const CHUNK_BYTES = 1024 * 1024;

/** @param file its bytes, or its path */
export function sliceOf(file: Uint8Array | string, offset: number, bytes: number): Slice {
  return typeof file === "string" ? { path: file, offset, bytes } : file.subarray(offset, offset + bytes);
}

export function lengthOf(slices: readonly Slice[]): number {
  return slices.reduce((sum, slice) => sum + (slice instanceof Uint8Array ? slice.length : slice.bytes), 0);
}

/**
 * The bytes one after the other; what is yielded is valid until the next is asked for.
 * @throws Error when a file is shorter than it was, or can't be read
 */
export function* readSlices(slices: readonly Slice[]): Generator<Uint8Array, void> {
  // Made only for parts of files: the 70,000 small ones of a package would cost a minute.
  let buffer: Uint8Array | undefined;
  for (const slice of slices) {
    if (slice instanceof Uint8Array) yield slice;
    else yield* readPart(slice, (buffer ??= new Uint8Array(CHUNK_BYTES)));
  }
}

function* readPart({ path, offset, bytes }: FilePart, buffer: Uint8Array): Generator<Uint8Array, void> {
  const file = openSync(path, "r");
  try {
    for (let done = 0; done < bytes;) {
      const read = readSync(file, buffer, 0, Math.min(buffer.length, bytes - done), offset + done);
      if (read === 0) throw new Error(`${path} ends before byte ${offset + bytes}`);
      yield buffer.subarray(0, read);
      done += read;
    }
  } finally {
    closeSync(file);
  }
}

/** All of it in memory. */
export function joined(slices: readonly Slice[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(lengthOf(slices));
  let at = 0;
  for (const part of readSlices(slices)) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
