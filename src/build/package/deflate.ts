import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { ownerTag } from "../../support/left-over.ts";
import { joined, lengthOf, type Slice } from "../../support/slices.ts";
import { openEnd, STREAM_END } from "./deflate-open-end.ts";

/** Raw deflate, without a header. Its choices are part of an archive's bytes. */
export type Deflate = (data: Uint8Array<ArrayBuffer>) => Uint8Array;

/** Parts of files that are shorter are no engine. */
const KEPT_BYTES = 1024 * 1024;
const CHECKSUM_BYTES = 4;

/**
 * One raw deflate stream of all slices. What comes of a file, as the engine's pages do, is deflated once and then kept:
 * of a small function's zip that was 1.1 s of 1.9.
 * @param cache folder for it. One that can't be written costs nothing but time.
 */
export function deflateSlices(slices: readonly Slice[], deflate: Deflate, cache: string): readonly Uint8Array[] {
  const parts = runsOf(slices).map((run) => {
    const data = joined(run);
    if (!isKept(run)) return openEnd(deflate(data));
    // By what it says, whichever engine it is of.
    const path = join(cache, createHash("sha256").update(data).digest("hex"));
    const kept = readKept(path);
    if (kept !== undefined) return kept;
    const part = openEnd(deflate(data));
    keep(path, part);
    return part;
  });
  return [...parts, STREAM_END];
}

/** Neighbours that are all of files, or all not. */
function runsOf(slices: readonly Slice[]): readonly (readonly Slice[])[] {
  const runs: Slice[][] = [];
  for (const slice of slices) {
    if (lengthOf([slice]) === 0) continue;
    const last = runs.at(-1);
    if (last?.[0] !== undefined && isInMemory(last[0]) === isInMemory(slice)) last.push(slice);
    else runs.push([slice]);
  }
  return runs;
}

function isKept(run: readonly Slice[]): boolean {
  return run[0] !== undefined && !isInMemory(run[0]) && lengthOf(run) >= KEPT_BYTES;
}

function isInMemory(slice: Slice): boolean {
  return slice instanceof Uint8Array;
}

function readKept(path: string): Uint8Array | undefined {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch {
    return undefined;
  }
  const part = file.subarray(0, -CHECKSUM_BYTES);
  // A machine that went down while it was written leaves holes.
  return file.length > CHECKSUM_BYTES && file.readUInt32LE(part.length) === crc32(part) ? part : undefined;
}

function keep(path: string, part: Uint8Array): void {
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32LE(crc32(part));
  const partial = `${path}.${ownerTag()}.partial`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(partial, Buffer.concat([part, checksum]));
    renameSync(partial, path);
  } catch {
    // The next build deflates it again.
    if (existsSync(partial)) rmSync(partial);
  }
}
