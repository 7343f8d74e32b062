import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { AddedCode, CodePlace } from "./elf/lay-out.ts";
import type { AddressRange } from "./elf/pieces.ts";
import { PF_X, type ProgramHeader } from "./elf/program-headers.ts";

/** Assembled by launcher/build.sh of launcher/read-ahead.S, which says what belongs behind it. */
const PROGRAM = resolve(import.meta.dirname, "..", "..", "..", "launcher", "read-ahead-x86_64");

/** Linux reads no more ahead at once than the disk's setting, which is seldom less than this. */
const MOST_BYTES = 128 * 1024;
/** Each request is a system call that finds its pages; what lies between two close ranges costs less. */
const LEAST_HOLE_BYTES = 16 * 1024;

const WORDS_BYTES = 16;
const RANGE_BYTES = 8;
const ROOM = 8192;

/** Code for x86_64 that has the kernel read `wanted` before the program begins, unless the file is in memory. */
export function readAhead(wanted: readonly AddressRange[]): {
  readonly room: number;
  readonly write: (place: CodePlace) => AddedCode;
} {
  return { room: ROOM, write: (place) => write(place, wanted) };
}

function write({ address, entry, loads }: CodePlace, wanted: readonly AddressRange[]): AddedCode {
  const program = readFileSync(PROGRAM);
  // What has no room is read when it is needed.
  const most = Math.floor((ROOM - program.length - WORDS_BYTES) / RANGE_BYTES) - 1;
  const requests = inParts(joined(placesOf(loads, wanted))).slice(0, most);
  const words = Buffer.alloc(WORDS_BYTES + (requests.length + 1) * RANGE_BYTES);
  words.writeBigUInt64LE(BigInt(probeOf(loads, wanted)), 0);
  words.writeBigUInt64LE(BigInt(entry), 8);
  for (const [index, { start, end }] of requests.entries()) {
    words.writeUInt32LE(start, WORDS_BYTES + index * RANGE_BYTES);
    words.writeUInt32LE(end - start, WORDS_BYTES + index * RANGE_BYTES + 4);
  }
  return { bytes: Buffer.concat([program, words]), entry: address };
}

/** Where the bytes at those addresses are in the file, in its order. */
function placesOf(loads: readonly ProgramHeader[], wanted: readonly AddressRange[]): readonly AddressRange[] {
  return loads
    .flatMap(({ address, offset, fileBytes }) =>
      wanted
        .filter(({ start, end }) => start < address + fileBytes && end > address)
        .map(({ start, end }) => ({
          start: Math.max(start, address) - address + offset,
          end: Math.min(end, address + fileBytes) - address + offset,
        })),
    )
    .toSorted((a, b) => a.start - b.start);
}

function joined(places: readonly AddressRange[]): readonly AddressRange[] {
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of places) {
    const last = result.at(-1);
    if (last !== undefined && start - last.end <= LEAST_HOLE_BYTES) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}

function inParts(ranges: readonly AddressRange[]): readonly AddressRange[] {
  return ranges.flatMap(({ start, end }) =>
    Array.from({ length: Math.ceil((end - start) / MOST_BYTES) }, (_, part) => ({
      start: start + part * MOST_BYTES,
      end: Math.min(start + (part + 1) * MOST_BYTES, end),
    })),
  );
}

/**
 * A byte in the file that tells whether it is in memory: amid code that every start runs, far from all that the kernel
 * and the dynamic loader have read by then, and from what was read around that.
 */
function probeOf(loads: readonly ProgramHeader[], wanted: readonly AddressRange[]): number {
  const code = placesOf(
    loads.filter(({ flags }) => (flags & PF_X) !== 0),
    wanted,
  );
  const [longest] = code.toSorted((a, b) => b.end - b.start - (a.end - a.start));
  return longest === undefined ? 0 : Math.floor((longest.start + longest.end) / 2);
}
