import { z } from "zod";

/**
 * What a run leaves behind, in benchmarks/results. Values are in the order of the rounds: those of equal index were
 * measured one shortly after the other.
 */
export interface Results {
  readonly format: 1;
  /** `2026-11-22` */
  readonly date: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGb: number;
    readonly system: string;
  };
  /** By runtime, as a reader would say it. */
  readonly versions: Readonly<Record<string, string>>;
  /** How the quota is enforced, or why not. */
  readonly quota: string;
  /** Rounds that began while other programs were busy. */
  readonly disturbedRounds: number;
  /** Runtimes and phases that this machine could not measure, and why. */
  readonly missing: readonly { readonly what: string; readonly why: string }[];
  readonly packages: readonly PackageSize[];
  readonly series: readonly Series[];
}

export interface PackageSize {
  readonly workload: string;
  readonly runtime: string;
  readonly zippedBytes: number;
  readonly unzippedBytes: number;
}

export interface Series {
  readonly phase: string;
  readonly workload: string;
  readonly runtime: string;
  readonly metric: string;
  readonly values: readonly number[];
}

const schema: z.ZodType<Results> = z.object({
  format: z.literal(1),
  date: z.string(),
  machine: z.object({ cpu: z.string(), cores: z.number(), memoryGb: z.number(), system: z.string() }),
  versions: z.record(z.string(), z.string()),
  quota: z.string(),
  disturbedRounds: z.number(),
  missing: z.array(z.object({ what: z.string(), why: z.string() })),
  packages: z.array(
    z.object({ workload: z.string(), runtime: z.string(), zippedBytes: z.number(), unzippedBytes: z.number() }),
  ),
  series: z.array(
    z.object({
      phase: z.string(),
      workload: z.string(),
      runtime: z.string(),
      metric: z.string(),
      values: z.array(z.number()),
    }),
  ),
});

export const PHASES = ["warm", "cold", "concurrent", "quota-invoke", "quota-init"] as const;
/**
 * `warm` and `cold` say what the page cache held at the start; `concurrent` has CONCURRENCY invocations in flight;
 * the quota is a fourteenth of a core, in `quota-invoke` from the first invocation on, in `quota-init` from the start.
 */
export type Phase = (typeof PHASES)[number];

/**
 * | metric     | unit    | what                                                                       |
 * | ---------- | ------- | -------------------------------------------------------------------------- |
 * | next       | ms      | process start to the first `GET /next`                                     |
 * | response   | ms      | process start to the first response, the event being handed out at once    |
 * | first      | ms      | the first invocation alone: event handed out to response received          |
 * | trip       | ms      | the same for the later ones: the median of those of one process            |
 * | cpu        | ms      | processor time of the process tree for one of the later invocations        |
 * | initCpu    | ms      | the same from process start to the first `GET /next`                       |
 * | memory     | MB      | most memory resident at a time, all processes of all environments together |
 * | throughput | 1/s     | invocations answered in a second                                           |
 * | floor      | ms      | start to end of an empty compiled program                                  |
 */
export type Metric = "next" | "response" | "first" | "trip" | "cpu" | "initCpu" | "memory" | "throughput" | "floor";

/** @throws Error that names what in the text is not as a run writes it */
export function parseResults(text: string): Results {
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`These are not results of npm run bench:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** One line for each series: a change of one shows as one line. */
export function formatResults(results: Results): string {
  const { series, packages, ...rest } = results;
  const lines = (items: readonly object[]): string => items.map((item) => `    ${JSON.stringify(item)}`).join(",\n");
  const head = JSON.stringify(rest, undefined, 2).slice(0, -2);
  return `${head},\n  "packages": [\n${lines(packages)}\n  ],\n  "series": [\n${lines(series)}\n  ]\n}\n`;
}

/** The values of one series, or none. */
export function seriesOf(
  results: Results,
  phase: Phase,
  workload: string,
  runtime: string,
  metric: Metric,
): readonly number[] {
  const found = results.series.find(
    (one) => one.phase === phase && one.workload === workload && one.runtime === runtime && one.metric === metric,
  );
  return found?.values ?? [];
}

/** Takes in values while rounds go on. */
export class Recorder {
  readonly #series = new Map<string, Series & { readonly values: number[] }>();

  add(phase: Phase, workload: string, runtime: string, values: Readonly<Partial<Record<Metric, number>>>): void {
    for (const [metric, value] of Object.entries(values)) {
      const key = `${phase} ${workload} ${runtime} ${metric}`;
      const series = this.#series.get(key) ?? { phase, workload, runtime, metric, values: [] };
      series.values.push(Number(value.toPrecision(5)));
      this.#series.set(key, series);
    }
  }

  drop(phase: Phase, workload: string, runtime: string): void {
    for (const key of this.#series.keys())
      if (key.startsWith(`${phase} ${workload} ${runtime} `)) this.#series.delete(key);
  }

  get series(): readonly Series[] {
    return [...this.#series.values()];
  }
}
