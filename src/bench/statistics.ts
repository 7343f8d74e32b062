/** What is said about a series of measurements. All figures are in the unit of the values. */
export interface Summary {
  readonly count: number;
  readonly median: number;
  /** First and third quartile. */
  readonly low: number;
  readonly high: number;
  readonly p99: number;
  readonly min: number;
  readonly max: number;
}

/** @throws RangeError for no values: there is nothing to say of them */
export function summarize(values: readonly number[]): Summary {
  const sorted = ascending(values);
  return {
    count: sorted.length,
    median: quantileOf(sorted, 0.5),
    low: quantileOf(sorted, 0.25),
    high: quantileOf(sorted, 0.75),
    p99: quantileOf(sorted, 0.99),
    min: quantileOf(sorted, 0),
    max: quantileOf(sorted, 1),
  };
}

/** @throws RangeError for no values */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * Between two values it is interpolated, as spreadsheets and NumPy do by default.
 * @param share 0 to 1
 * @throws RangeError for no values
 */
export function quantile(values: readonly number[], share: number): number {
  return quantileOf(ascending(values), share);
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Where 95 of 100 repetitions of the whole measurement would find `estimate`, by the percentile bootstrap: the values
 * are drawn again and again, with replacement, from those that were measured. The draws are the same at each call.
 * @param samples one list for each argument of `estimate`; those of equal index needn't belong together
 */
export function confidenceInterval(
  samples: readonly (readonly number[])[],
  estimate: (...samples: (readonly number[])[]) => number,
  draws = 1_000,
): Interval {
  const random = pseudoRandom(1);
  const estimates = Array.from({ length: draws }, () =>
    estimate(...samples.map((values) => values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN))),
  );
  return { low: quantile(estimates, 0.025), high: quantile(estimates, 0.975) };
}

/** Of the ratio of two medians, `of / to`, with its interval. */
export function medianRatio(of: readonly number[], to: readonly number[]): Interval & { readonly ratio: number } {
  const ratio = (a: readonly number[], b: readonly number[]): number => median(a) / median(b);
  return { ratio: ratio(of, to), ...confidenceInterval([of, to], ratio) };
}

function quantileOf(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new RangeError("no values to take a quantile of");
  return below + (above - below) * (position - Math.floor(position));
}

function ascending(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}

/** Lehmer's generator: `Math.random` can't be seeded, and a report shouldn't change when it is made again. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
