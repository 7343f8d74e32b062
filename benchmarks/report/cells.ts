import { quantile, summarize } from "../../src/bench/statistics.ts";
import type { Comparison } from "../compare.ts";
import { figure } from "./table.ts";

/** `58.3 (57.1 to 60.2)`: median and quartiles. */
export function spreadCell(values: readonly number[]): string {
  if (values.length === 0) return "";
  const { median, low, high } = summarize(values);
  return `${figure(median)} (${figure(low)} to ${figure(high)})`;
}

export function medianCell(values: readonly number[]): string {
  return values.length === 0 ? "" : figure(quantile(values, 0.5));
}

/** What is left unsaid is left unsaid on purpose: no number where the spread allows none. */
export function comparisonCell(comparison: Comparison): string {
  switch (comparison.kind) {
    case "told":
      return `${figure(comparison.value)}× (${figure(comparison.low)} to ${figure(comparison.high)})`;
    case "not-told-apart":
      return "not told apart";
    case "too-few-rounds":
      return "too few rounds";
    case "too-wide":
      return "spread too wide";
    default:
      return comparison satisfies never;
  }
}
