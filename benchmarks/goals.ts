import { differenceInterval, ratioInterval } from "./compare.ts";
import { type Phase, type Results, seriesOf } from "./results.ts";

export interface GoalResult {
  readonly goal: string;
  readonly measured: string;
  /** `unclear`: the interval holds the bound, or there were too few rounds. `absent`: a part was not measured. */
  readonly verdict: "met" | "not met" | "unclear" | "absent";
}

type Interval = { readonly value: number; readonly low: number; readonly high: number };

/** What the project promises of a cold start, judged by one run. */
export function judgeGoals(results: Results): readonly GoalResult[] {
  const next = (workload: string, runtime: string, phase: Phase = "warm"): readonly number[] =>
    seriesOf(results, phase, workload, runtime, "next");
  const floor = seriesOf(results, "warm", "floor", "empty", "floor");
  const heavy = next("sdk", "mayfly");
  return [
    judge("hello starts within 3 ms of an empty executable", next("hello", "mayfly"), floor, differenceInterval, {
      most: 3,
      unit: " ms",
    }),
    judge(
      "sdk starts in under 20 ms",
      heavy,
      heavy.map(() => 0),
      differenceInterval,
      { most: 20, unit: " ms" },
    ),
    judge("sdk starts 10 times faster than on AWS's client", next("sdk", "aws"), heavy, ratioInterval, {
      least: 10,
      unit: "×",
    }),
    judge(
      "Elixir starts 5 times faster than with the original",
      next("elixir", "original"),
      next("elixir", "mayfly"),
      ratioInterval,
      {
        least: 5,
        unit: "×",
      },
    ),
  ];
}

interface Bound {
  readonly most?: number;
  readonly least?: number;
  readonly unit: string;
}

function judge(
  goal: string,
  of: readonly number[],
  to: readonly number[],
  interval: (of: readonly number[], to: readonly number[]) => Interval | undefined,
  { most = Infinity, least = -Infinity, unit }: Bound,
): GoalResult {
  if (of.length === 0 || to.length === 0) return { goal, measured: "not measured", verdict: "absent" };
  const found = interval(of, to);
  if (found === undefined) return { goal, measured: "too few rounds", verdict: "unclear" };
  const [value, low, high] = [found.value, found.low, found.high].map((number) => number.toFixed(1));
  const inside = found.low >= least && found.high <= most;
  const outside = found.high < least || found.low > most;
  return {
    goal,
    measured: `${value}${unit} (${low} to ${high})`,
    verdict: inside ? "met" : outside ? "not met" : "unclear",
  };
}
