import { describe, expect, test } from "vitest";
import { confidenceInterval, median, medianRatio, quantile, summarize } from "./statistics.ts";

describe("quantiles", () => {
  test("the median of an even number of values lies between the two in the middle", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([3, 1, 2])).toBe(2);
  });

  test("a quantile is interpolated between its neighbours", () => {
    expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20);
    expect(quantile([0, 10], 0.99)).toBeCloseTo(9.9);
    expect(quantile([7], 0.99)).toBe(7);
  });

  test("no values have none", () => {
    expect(() => median([])).toThrow(RangeError);
  });

  test("a summary leaves the values as they are", () => {
    const values = [5, 1, 4, 2, 3];
    expect(summarize(values)).toEqual({ count: 5, median: 3, low: 2, high: 4, p99: 4.96, min: 1, max: 5 });
    expect(values).toEqual([5, 1, 4, 2, 3]);
  });
});

describe("intervals", () => {
  const around = (middle: number, spread: number): number[] =>
    Array.from({ length: 41 }, (_, index) => middle + ((index - 20) / 20) * spread);

  test("wider values make a wider interval, and the estimate lies inside", () => {
    const narrow = confidenceInterval([around(10, 1)], median);
    const wide = confidenceInterval([around(10, 5)], median);
    expect(narrow.low).toBeLessThan(10);
    expect(narrow.high).toBeGreaterThan(10);
    expect(wide.high - wide.low).toBeGreaterThan(narrow.high - narrow.low);
  });

  test("the same values always give the same interval", () => {
    expect(confidenceInterval([around(10, 5)], median)).toEqual(confidenceInterval([around(10, 5)], median));
  });

  test("a ratio comes with the interval around it", () => {
    const { ratio, low, high } = medianRatio(around(20, 1), around(10, 1));
    expect(ratio).toBe(2);
    expect(low).toBeLessThan(2);
    expect(high).toBeGreaterThan(2);
    expect(low).toBeGreaterThan(1.5);
  });
});
