import type { AddressRange } from "./pieces.ts";

/** Makes at most `most` ranges of sorted, disjoint ones: what lies between them is filled where it is least. */
export function joinRanges(ranges: readonly AddressRange[], most: number): readonly AddressRange[] {
  const begins = ranges
    .map(({ start }, index) => ({ index, hole: start - (ranges[index - 1]?.end ?? Number.NEGATIVE_INFINITY) }))
    .toSorted((a, b) => b.hole - a.hole)
    .slice(0, most)
    .map(({ index }) => index)
    .toSorted((a, b) => a - b);
  return begins.flatMap((begin, index) => {
    const [first, last] = [ranges[begin], ranges[(begins[index + 1] ?? ranges.length) - 1]];
    return first === undefined || last === undefined ? [] : [{ start: first.start, end: last.end }];
  });
}
