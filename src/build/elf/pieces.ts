import { PF_W, type ProgramHeader } from "./program-headers.ts";

/** Addresses from `start` to before `end`. */
export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

/** A part of one PT_LOAD, of whole pages but for the segment's own ends. */
export interface Piece {
  readonly segment: ProgramHeader;
  readonly hot: boolean;
  readonly address: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
}

/** Fewer zeros than that aren't worth a mapping of their own. */
const ZERO_RUN_BYTES = 64 * 1024;

/**
 * Cuts a PT_LOAD where `hot` begins and ends, in whole pages of `align` bytes. Where pages of a writable segment hold
 * nothing but zeros, the piece before them is longer in memory than in the file instead.
 * @param hot in ascending order, none touching another
 */
export function cutSegment(
  file: Uint8Array,
  segment: ProgramHeader,
  hot: readonly AddressRange[],
  align: number,
): readonly Piece[] {
  const first = floor(segment.address, align);
  const fileEnd = segment.address + segment.fileBytes;
  const spans: { start: number; end: number; kind: "hot" | "cold" | "zero" }[] = [];
  const add = (start: number, end: number, kind: "hot" | "cold" | "zero"): void => {
    if (start >= end) return;
    const last = spans.at(-1);
    if (last?.kind === kind) last.end = end;
    else spans.push({ start, end, kind });
  };
  const zeros = (segment.flags & PF_W) === 0 ? [] : zeroRuns(file, segment, align);
  let at = first;
  /** Hot and cold up to `end`. */
  const addFilled = (end: number): void => {
    for (const range of hot) {
      const start = Math.max(floor(range.start, align), at);
      const stop = Math.min(floor(range.end + align - 1, align), end);
      if (start >= stop) continue;
      add(at, start, "cold");
      add(start, stop, "hot");
      at = stop;
    }
    add(at, end, "cold");
    at = end;
  };
  for (const run of zeros) {
    addFilled(run.start);
    add(run.start, run.end, "zero");
    at = run.end;
  }
  addFilled(fileEnd);

  const pieces: Piece[] = [];
  for (const { start, end, kind } of spans) {
    const last = pieces.at(-1);
    if (kind === "zero" && last !== undefined) {
      pieces[pieces.length - 1] = { ...last, memoryBytes: end - last.address };
    } else {
      const address = Math.max(start, segment.address);
      pieces.push({ segment, hot: kind === "hot", address, fileBytes: end - address, memoryBytes: end - address });
    }
  }
  const last = pieces.at(-1);
  if (last !== undefined) {
    const memoryBytes = segment.address + segment.memoryBytes - last.address;
    pieces[pieces.length - 1] = { ...last, memoryBytes };
  }
  return pieces;
}

/** Whole pages of zeros behind the segment's first page, in long runs. */
function zeroRuns(file: Uint8Array, segment: ProgramHeader, align: number): readonly AddressRange[] {
  const runs: AddressRange[] = [];
  const toOffset = segment.offset - segment.address;
  const end = segment.address + segment.fileBytes;
  let start: number | undefined;
  for (let page = floor(segment.address, align) + align; page < end; page += align) {
    const zero = page + align <= end && isZero(file.subarray(page + toOffset, page + toOffset + align));
    if (zero) start ??= page;
    if (zero || start === undefined) continue;
    if (page - start >= ZERO_RUN_BYTES) runs.push({ start, end: page });
    start = undefined;
  }
  return runs;
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

export function floor(value: number, align: number): number {
  return value - (value % align);
}

export function ceil(value: number, align: number): number {
  return floor(value + align - 1, align);
}
