import { joined, sliceOf } from "../../../support/slices.ts";
import { PF_W, type Segment } from "./program-headers.ts";

/** Addresses from `start` to before `end`. */
export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

/** A part of one PT_LOAD, of whole pages but for the segment's own ends. */
export interface Piece {
  readonly segment: Segment;
  /** Its place in the file among the pieces: lower ones first, equal ones by address. */
  readonly rank: number;
  readonly address: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
}

/** Behind all that has a place of its own. */
const COLD = Number.MAX_SAFE_INTEGER;
const ZERO = -1;

/** Fewer zeros than that aren't worth a mapping of their own. */
const ZERO_RUN_BYTES = 64 * 1024;

interface Span {
  readonly start: number;
  readonly rank: number;
  end: number;
}

/**
 * Cuts a PT_LOAD where ranges of `first` begin and end, in whole pages of `align` bytes. Where pages of a writable
 * segment hold nothing but zeros, the piece before them is longer in memory than in the file instead.
 * @param first disjoint ranges, whose index becomes their pieces' rank
 */
export function cutSegment(segment: Segment, first: readonly AddressRange[], align: number): readonly Piece[] {
  const spans: Span[] = [];
  let at = floor(segment.address, align);
  const addUpTo = (end: number, rank: number): void => {
    const last = spans.at(-1);
    if (at >= end) return;
    if (last?.rank === rank) last.end = end;
    else spans.push({ start: at, end, rank });
    at = end;
  };
  const ranked = first
    .map(({ start, end }, rank) => ({ start: floor(start, align), end: ceil(end, align), rank }))
    .toSorted((a, b) => a.start - b.start);
  const addFilledUpTo = (end: number): void => {
    for (const range of ranked) {
      if (range.end <= at || range.start >= end) continue;
      addUpTo(range.start, COLD);
      addUpTo(Math.min(range.end, end), range.rank);
    }
    addUpTo(end, COLD);
  };
  for (const run of (segment.flags & PF_W) === 0 ? [] : zeroRuns(segment, align)) {
    addFilledUpTo(run.start);
    addUpTo(run.end, ZERO);
  }
  addFilledUpTo(segment.address + segment.fileBytes);

  return spans
    .filter(({ rank }) => rank !== ZERO)
    .map(({ start, end, rank }, index, filled) => {
      const address = Math.max(start, segment.address);
      const next = filled[index + 1]?.start ?? segment.address + segment.memoryBytes;
      return { segment, rank, address, fileBytes: end - address, memoryBytes: next - address };
    });
}

/** Whole pages of zeros behind the segment's first page, in long runs. */
function zeroRuns(segment: Segment, align: number): readonly AddressRange[] {
  const first = floor(segment.address, align);
  const bytes = segment.address - first + segment.fileBytes;
  const pages = joined([sliceOf(segment.file, segment.offset - segment.address + first, bytes)]);
  const zeros = new Uint8Array(align);
  const runs: AddressRange[] = [];
  const end = segment.address + segment.fileBytes;
  let start: number | undefined;
  for (let page = first + align; page < end; page += align) {
    const zero = page + align <= end && Buffer.compare(pages.subarray(page - first, page - first + align), zeros) === 0;
    if (zero) start ??= page;
    if (zero || start === undefined) continue;
    if (page - start >= ZERO_RUN_BYTES) runs.push({ start, end: page });
    start = undefined;
  }
  return runs;
}

export function floor(value: number, align: number): number {
  return value - (value % align);
}

export function ceil(value: number, align: number): number {
  const rest = value % align;
  return rest === 0 ? value : value - rest + align;
}
