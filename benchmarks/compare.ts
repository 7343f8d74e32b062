import { confidenceInterval, median } from "../src/bench/statistics.ts";

/**
 * What two series allow to be said of each other. `told` only if 95 of 100 repetitions of the run would see a
 * difference of the same sign, and agree on its size well enough to print one.
 */
export type Comparison =
  | { readonly kind: "told"; readonly value: number; readonly low: number; readonly high: number }
  | { readonly kind: "not-told-apart" }
  | { readonly kind: "too-few-rounds" }
  | { readonly kind: "too-wide"; readonly low: number; readonly high: number };

/** Below it even a difference that shows in every round can be chance: two-sided sign test, 2 / 2^6 = 3 %. */
export const FEWEST_ROUNDS = 6;
/** Widest interval whose middle is worth printing: its upper end over its lower one. */
const WIDEST = 1.5;

/** Ratio of the medians, `of / to`, its interval found by drawing whole rounds: what disturbs one meets both. */
export function compareRatio(of: readonly number[], to: readonly number[]): Comparison {
  const interval = pairedInterval(of, to, (a, b) => a / b);
  if (interval === undefined) return { kind: "too-few-rounds" };
  const { low, high } = interval;
  if (high / low > WIDEST) return low > 1 || high < 1 ? { kind: "too-wide", low, high } : { kind: "not-told-apart" };
  if (low <= 1 && high >= 1) return { kind: "not-told-apart" };
  return { kind: "told", value: median(of) / median(to), low, high };
}

/** Of the difference of the medians, `of - to`; `undefined` for too few rounds. */
export function differenceInterval(
  of: readonly number[],
  to: readonly number[],
): { readonly value: number; readonly low: number; readonly high: number } | undefined {
  const interval = pairedInterval(of, to, (a, b) => a - b);
  return interval === undefined ? undefined : { value: median(of) - median(to), ...interval };
}

/** Of the ratio of the medians, whatever it says; `undefined` for too few rounds. */
export function ratioInterval(
  of: readonly number[],
  to: readonly number[],
): { readonly value: number; readonly low: number; readonly high: number } | undefined {
  const interval = pairedInterval(of, to, (a, b) => a / b);
  return interval === undefined ? undefined : { value: median(of) / median(to), ...interval };
}

function pairedInterval(
  of: readonly number[],
  to: readonly number[],
  relation: (a: number, b: number) => number,
): { readonly low: number; readonly high: number } | undefined {
  const rounds = Math.min(of.length, to.length);
  if (rounds < FEWEST_ROUNDS) return undefined;
  const at = (values: readonly number[], drawn: readonly number[]): number =>
    median(drawn.map((round) => values[round] ?? Number.NaN));
  return confidenceInterval([Array.from({ length: rounds }, (_, round) => round)], (drawn) =>
    relation(at(of, drawn), at(to, drawn)),
  );
}

/** For two runs, whose rounds have nothing to do with each other. */
export function compareRuns(of: readonly number[], to: readonly number[]): Comparison {
  if (Math.min(of.length, to.length) < FEWEST_ROUNDS) return { kind: "too-few-rounds" };
  const { low, high } = confidenceInterval([of, to], (a, b) => median(a) / median(b));
  if (low <= 1 && high >= 1) return { kind: "not-told-apart" };
  if (high / low > WIDEST) return { kind: "too-wide", low, high };
  return { kind: "told", value: median(of) / median(to), low, high };
}
