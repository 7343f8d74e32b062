/** `npm run bench`: measures what `arguments.ts` was told to and reports it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CommanderError } from "commander";
import { type Arguments, readArguments } from "./arguments.ts";
import { quotaName, quotaProblem } from "./cpu-quota.ts";
import { judgeGoals } from "./goals.ts";
import { describeMachine, pageCacheProblem } from "./machine.ts";
import { prepare } from "./prepare.ts";
import { formatComparison } from "./report/comparison.ts";
import { formatReport } from "./report/markdown.ts";
import { writeReport } from "./report/write.ts";
import { formatResults, parseResults, type Phase, Recorder, type Results } from "./results.ts";
import { type CaseFailure, runPhase, tryOut } from "./rounds.ts";
import { RuntimeApi } from "./runtime-api.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
/** What docs/benchmarks.md shows. */
const LATEST = join(root, "benchmarks/results/latest.json");
/** What a run measured that publishes nothing; git ignores it. */
const UNPUBLISHED = join(root, "benchmarks/results/unpublished.json");
const started = performance.now();

process.exitCode = await main(process.argv.slice(2));

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  const [command, file = LATEST] = args;
  if (command === "report") {
    publish(readResults(file));
    return 0;
  }
  let parsed: Arguments;
  try {
    parsed = readArguments(args);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
  const earlier = parsed.compare === undefined ? undefined : readResults(parsed.compare);
  const folder = mkdtempSync(join(tmpdir(), "mayfly-bench-"));
  // Ctrl-C would leave hundreds of megabytes behind. What runs sees its Runtime API go and ends.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      rmSync(folder, { recursive: true, force: true });
      process.exit(1);
    });
  }
  try {
    const { results, failures } = await measure(parsed, folder);
    console.log(formatReport(results));
    if (earlier !== undefined) console.log(formatComparison(results, earlier));
    keep(results, parsed, failures);
    for (const failure of failures) console.error(`${failure.message}: ${String(failure.cause)}`);
    if (failures.length > 0) return 1;
    return !parsed.quick && judgeGoals(results).some(({ verdict }) => verdict === "unclear") ? 2 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function keep(results: Results, { json, publishes }: Arguments, failures: readonly CaseFailure[]): void {
  if (json !== undefined) writeFileSync(json, formatResults(results));
  if (publishes && failures.length === 0) return publish(results);
  const file = json ?? UNPUBLISHED;
  if (json === undefined) writeFileSync(file, formatResults(results));
  const why = failures.length > 0 ? "a case failed" : "this was not a full run";
  console.error(`\nThe results are in ${file}. docs/benchmarks.md is as it was: ${why}.`);
  console.error(`To publish them all the same: npm run bench report ${file}`);
}

function publish(results: Results): void {
  writeFileSync(LATEST, formatResults(results));
  writeReport(results, root);
  console.error(`Wrote docs/benchmarks.md, docs/benchmarks.svg and ${LATEST}`);
}

function readResults(file: string): Results {
  if (!existsSync(file)) throw new Error(`There are no results in ${file}: npm run bench, or --json, writes them`);
  return parseResults(readFileSync(file, "utf8"));
}

async function measure(
  args: Arguments,
  folder: string,
): Promise<{ results: Results; failures: readonly CaseFailure[] }> {
  const prepared = await prepare(args, { folder, root, progress });
  const missing = [...prepared.missing];
  const phases = args.phases.filter((phase) => {
    const why = phase === "cold" ? pageCacheProblem() : phase.startsWith("quota") ? quotaProblem() : undefined;
    if (why !== undefined) missing.push({ what: phase, why });
    return why === undefined;
  });
  const api = new RuntimeApi();
  const recorder = new Recorder();
  const failures: CaseFailure[] = [];
  const failed = (failure: CaseFailure): void => void failures.push(failure);
  const parts = { ...prepared, api, recorder, progress, failed, patient: !args.quick };
  let disturbedRounds = 0;
  try {
    // What doesn't work is found before anything is timed, and the page cache is warm then.
    const cases = await tryOut(parts);
    for (const phase of phases) {
      disturbedRounds += await runPhase(phase, roundsOf(phase, args), { ...parts, cases });
    }
  } finally {
    await api.stop();
  }
  missing.push(...failures.map(({ what, why }) => ({ what, why })));
  const results: Results = {
    format: 1,
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    versions: prepared.versions,
    quota: quotaName(),
    disturbedRounds,
    missing,
    packages: prepared.cases.map(({ workload, runtime, zippedBytes, unzippedBytes }) => ({
      workload: workload.name,
      runtime,
      zippedBytes,
      unzippedBytes,
    })),
    series: recorder.series,
  };
  return { results, failures };
}

function roundsOf(phase: Phase, { rounds, quick }: Arguments): number {
  if (phase === "warm") return rounds;
  return quick ? 1 : Math.max(8, Math.ceil(rounds * 0.4));
}

function progress(step: string): void {
  const seconds = Math.round((performance.now() - started) / 1_000);
  console.error(`${String(seconds).padStart(5)} s  ${step}`);
}
