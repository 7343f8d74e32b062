import { describe, expect, test } from "vitest";
import { compareRatio, compareRuns, differenceInterval } from "../../benchmarks/compare.ts";

/** Values around `middle` that are off by up to `share` of it, the same at each call. */
function noisy(middle: number, share: number, rounds = 20): number[] {
  return Array.from({ length: rounds }, (_, round) => middle * (1 + share * Math.sin(round * 12.9898)));
}

describe("a ratio is told", () => {
  test("when every round agrees, with an interval around it", () => {
    const comparison = compareRatio(noisy(50, 0.05), noisy(10, 0.02));
    expect(comparison).toMatchObject({ kind: "told" });
    if (comparison.kind !== "told") return;
    expect(comparison.value).toBeCloseTo(5, 0);
    expect(comparison.low).toBeLessThanOrEqual(comparison.value);
    expect(comparison.high).toBeGreaterThanOrEqual(comparison.value);
  });

  test("of two that drift together, because rounds are drawn whole", () => {
    const drift = Array.from({ length: 20 }, (_, round) => 1 + round);
    const [slow, fast] = [drift.map((factor) => factor * 12), drift.map((factor) => factor * 10)];
    expect(compareRatio(slow, fast)).toMatchObject({ kind: "told" });
    expect(compareRuns(slow, fast)).toEqual({ kind: "not-told-apart" });
  });
});

describe("a ratio is refused", () => {
  test("when it could as well be the other way round", () => {
    expect(compareRatio(noisy(10.1, 0.3), noisy(10, 0.3).toReversed())).toEqual({ kind: "not-told-apart" });
  });

  test("when there are too few rounds for chance to be ruled out", () => {
    expect(compareRatio([50, 51, 52, 50, 51], [1, 1, 1, 1, 1])).toEqual({ kind: "too-few-rounds" });
    expect(compareRatio([50, 51, 52, 50, 51, 50], [1, 1, 1, 1, 1, 1])).toMatchObject({ kind: "told" });
  });

  test("when it is there, but nobody can say how large", () => {
    const wild = [20, 90, 25, 80, 22, 95, 21, 88];
    expect(compareRatio(wild, noisy(10, 0.01, 8))).toMatchObject({ kind: "too-wide" });
  });
});

test("the interval of a difference holds it", () => {
  const found = differenceInterval(noisy(9, 0.02), noisy(6, 0.02));
  expect(found?.value).toBeCloseTo(3, 0);
  expect(found?.low).toBeLessThan(found?.value ?? 0);
  expect(found?.high).toBeGreaterThan(found?.value ?? 0);
});

test("the same values give the same interval, so that a report can be made again", () => {
  const [of, to] = [noisy(50, 0.2), noisy(10, 0.2)];
  expect(compareRatio(of, to)).toEqual(compareRatio(of, to));
});
