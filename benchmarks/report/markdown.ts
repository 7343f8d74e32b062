import { RUNTIME_TITLES, RUNTIMES, type RuntimeName } from "../cases/runtimes.ts";
import { ELIXIR } from "../cases/elixir.ts";
import { compareRatio } from "../compare.ts";
import { judgeGoals } from "../goals.ts";
import { CONCURRENCY } from "../measure-concurrent.ts";
import { type Metric, type Phase, type Results, seriesOf } from "../results.ts";
import { type Workload, WORKLOADS } from "../workloads.ts";
import { fileSize } from "../../src/support/file-size.ts";
import { comparisonCell, medianCell, spreadCell } from "./cells.ts";
import { table } from "./table.ts";

const ALL: readonly Workload[] = [...WORKLOADS, ELIXIR];

/** The part of docs/benchmarks.md that a run writes. */
export function formatReport(results: Results): string {
  return [
    about(results),
    goals(results),
    ...ALL.map((workload) => warm(results, workload)),
    ratios(results),
    cold(results),
    concurrent(results),
    quota(results),
    missing(results),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function about({ date, machine, versions, disturbedRounds, series }: Results): string {
  const rounds = Math.max(0, ...series.filter(({ phase }) => phase === "warm").map(({ values }) => values.length));
  const disturbed = disturbedRounds > 0 ? ` ${disturbedRounds} rounds began while something else was running.` : "";
  const list = Object.entries(versions).map(([name, version]) => `- ${titleOf(name)}: ${version}`);
  return `${date}: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB; ${machine.system}. ${rounds} rounds.${disturbed}

${list.join("\n")}`;
}

function goals(results: Results): string {
  const judged = judgeGoals(results).filter(({ verdict }) => verdict !== "absent");
  if (judged.length === 0) return "";
  const rows = judged.map(({ goal, measured, verdict }) => [goal, measured, verdict]);
  return section("Goals", table([["goal", "measured (95 % interval)", "verdict"], ...rows]));
}

function warm(results: Results, workload: Workload): string {
  const metrics: readonly (readonly [string, Metric])[] = [
    ["first `next`, ms", "next"],
    ["first response, ms", "response"],
    ["later ones, ms", "trip"],
    ["CPU each, ms", "cpu"],
    ["memory, MB", "memory"],
  ];
  const rows = measured(results, "warm", workload).map((runtime) => [
    RUNTIME_TITLES[runtime],
    ...metrics.map(([, metric]) => {
      const values = seriesOf(results, "warm", workload.name, runtime, metric);
      return metric === "memory" ? medianCell(values) : spreadCell(values);
    }),
    packageCell(results, workload, runtime),
  ]);
  if (workload.name === "hello") {
    const floor = seriesOf(results, "warm", "floor", "empty", "floor");
    if (floor.length > 0) rows.push(["an empty program, start to end", spreadCell(floor), "", "", "", "", ""]);
  }
  if (rows.length === 0) return "";
  const header = ["", ...metrics.map(([title]) => title), "package"];
  return section(`${workload.name}: ${workload.about}`, table([header, ...rows]));
}

/** How many times Mayfly's figure the others' are. */
function ratios(results: Results): string {
  const metrics: readonly Metric[] = ["next", "response", "trip", "cpu", "memory"];
  const rows = ALL.flatMap((workload) =>
    measured(results, "warm", workload)
      .filter((runtime) => runtime !== "mayfly")
      .map((runtime) => [
        workload.name,
        RUNTIME_TITLES[runtime],
        ...metrics.map((metric) => ratio(results, "warm", workload, runtime, metric)),
      ]),
  );
  if (rows.length === 0) return "";
  const header = ["", "", "first `next`", "first response", "later ones", "CPU each", "memory"];
  return section("How many times Mayfly's", table([header, ...rows]));
}

function cold(results: Results): string {
  const rows = ALL.flatMap((workload) =>
    measured(results, "cold", workload).map((runtime) => [
      workload.name,
      RUNTIME_TITLES[runtime],
      spreadCell(seriesOf(results, "cold", workload.name, runtime, "next")),
      spreadCell(seriesOf(results, "cold", workload.name, runtime, "response")),
      ratio(results, "cold", workload, runtime, "response"),
    ]),
  );
  if (rows.length === 0) return "";
  const header = ["", "", "first `next`, ms", "first response, ms", "times Mayfly's"];
  return section("With a cold page cache", table([header, ...rows]));
}

function concurrent(results: Results): string {
  const rows = ALL.flatMap((workload) =>
    measured(results, "concurrent", workload).map((runtime) => {
      const cell = (metric: Metric): string =>
        medianCell(seriesOf(results, "concurrent", workload.name, runtime, metric));
      const one = runtime === "mayfly" || runtime === "aws" || runtime === "aws-unbundled";
      return [
        workload.name,
        RUNTIME_TITLES[runtime],
        one ? "1" : `${CONCURRENCY}`,
        cell("throughput"),
        cell("trip"),
        cell("cpu"),
        cell("memory"),
        ratio(results, "concurrent", workload, runtime, "cpu"),
      ];
    }),
  );
  if (rows.length === 0) return "";
  const header = [
    "",
    "",
    "environments",
    "invocations/s",
    "each, ms",
    "CPU each, ms",
    "memory, MB",
    "CPU, times Mayfly's",
  ];
  return section(`${CONCURRENCY} invocations at a time`, table([header, ...rows]));
}

function quota(results: Results): string {
  const rows = ALL.flatMap((workload) =>
    [...new Set([...measured(results, "quota-invoke", workload), ...measured(results, "quota-init", workload)])].map(
      (runtime) => {
        const cell = (phase: Phase, metric: Metric): string =>
          spreadCell(seriesOf(results, phase, workload.name, runtime, metric));
        return [
          workload.name,
          RUNTIME_TITLES[runtime],
          cell("quota-invoke", "first"),
          cell("quota-invoke", "trip"),
          ratio(results, "quota-invoke", workload, runtime, "first"),
          cell("quota-init", "next"),
          cell("quota-init", "first"),
        ];
      },
    ),
  );
  if (rows.length === 0) return "";
  const header = [
    "",
    "",
    "first invocation, ms",
    "later ones, ms",
    "first, times Mayfly's",
    "start with the quota, ms",
    "first invocation then, ms",
  ];
  return section("With a fourteenth of a core", `By ${results.quota}.\n\n${table([header, ...rows])}`);
}

function missing({ missing: list }: Results): string {
  if (list.length === 0) return "";
  return section("Not measured", list.map(({ what, why }) => `- ${what}: ${why}`).join("\n"));
}

function section(title: string, body: string): string {
  return `### ${title}\n\n${body}`;
}

function measured(results: Results, phase: Phase, { name }: Workload): readonly RuntimeName[] {
  return RUNTIMES.filter((runtime) =>
    results.series.some((one) => one.phase === phase && one.workload === name && one.runtime === runtime),
  );
}

function ratio(results: Results, phase: Phase, { name }: Workload, runtime: RuntimeName, metric: Metric): string {
  if (runtime === "mayfly") return "";
  const [own, other] = [
    seriesOf(results, phase, name, "mayfly", metric),
    seriesOf(results, phase, name, runtime, metric),
  ];
  return own.length === 0 || other.length === 0 ? "" : comparisonCell(compareRatio(other, own));
}

function packageCell({ packages }: Results, { name }: Workload, runtime: RuntimeName): string {
  const found = packages.find((one) => one.workload === name && one.runtime === runtime);
  return found === undefined ? "" : fileSize(found.zippedBytes);
}

function titleOf(name: string): string {
  const runtime = RUNTIMES.find((one) => one === name);
  return runtime === undefined ? name : RUNTIME_TITLES[runtime];
}
