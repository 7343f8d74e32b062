import { Command, InvalidArgumentError, Option } from "commander";
import { RUNTIMES, type RuntimeName } from "./cases/runtimes.ts";
import { ELIXIR } from "./cases/elixir.ts";
import { PHASES, type Phase } from "./results.ts";
import { WORKLOADS } from "./workloads.ts";

export interface Arguments {
  readonly rounds: number;
  readonly runtimes: readonly RuntimeName[];
  readonly workloads: readonly string[];
  readonly phases: readonly Phase[];
  /** Tries everything and judges nothing. */
  readonly quick: boolean;
  /** Where the raw results go. */
  readonly json: string | undefined;
  readonly compare: string | undefined;
  /** Everything is measured, often enough to go by: docs/benchmarks.md is to be written. */
  readonly publishes: boolean;
}

/** A published figure is a median of no fewer starts. */
const PUBLISHED_ROUNDS = 25;

export const WORKLOAD_NAMES: readonly string[] = [...WORKLOADS.map(({ name }) => name), ELIXIR.name];

/** @throws CommanderError for `--help` (exit code 0) and for what it can't read (1), after printing it */
export function readArguments(args: readonly string[]): Arguments {
  const command = new Command("npm run bench --")
    .description(
      "Starts Mayfly and everything it is compared with, in turns, and writes docs/benchmarks.md.\n" +
        `With --quick, --only, --workload, --phase, --cold or fewer than ${PUBLISHED_ROUNDS} rounds it leaves that page alone.`,
    )
    .addOption(
      new Option(
        "--rounds <n>",
        "starts of each case with a warm page cache; two fifths of it, but at least 8, for the rest",
      )
        .default(PUBLISHED_ROUNDS)
        .argParser(positive),
    )
    .addOption(new Option("--only <runtimes>", `of ${RUNTIMES.join(", ")}`).argParser(names(RUNTIMES)))
    .addOption(new Option("--workload <names>", `of ${WORKLOAD_NAMES.join(", ")}`).argParser(names(WORKLOAD_NAMES)))
    .addOption(new Option("--phase <names>", `of ${PHASES.join(", ")}`).argParser(names(PHASES)))
    .option("--cold", "the same as --phase cold")
    .option("--quick", "everything once or twice, to see that it works: nothing is compared")
    .option("--json <file>", "write the raw results there")
    .option("--compare <file>", "say what differs from earlier results, such as benchmarks/results/latest.json")
    .addHelpText(
      "after",
      `
Other commands:
  npm run bench report [file]   publish these results instead, or write the page again from the published ones
  npm run bench http            one request through a Hono app, beside hono/aws-lambda
  npm run bench local           what the local Lambda costs its host for each of 10,000 asynchronous events
  npm run bench soak            a million invocations of one environment: what is lost, doubled or held
  npm run bench elixir          an Elixir function alone: --workload elixir

Lists are separated by commas. Elixir needs mix on the PATH; ORIGINAL_MAYFLY=<checkout> and JASON=<checkout> put the
original beside it. LLRT needs cargo. A cold page cache and the quota need root on Linux.
Exit code: 0 measured; 1 something failed; 2 measured, but a goal can't be judged: more rounds, or a quieter machine.`,
    )
    .exitOverride();
  command.parse([...args], { from: "user" });
  const options = command.opts<{
    rounds: number;
    only?: RuntimeName[];
    workload?: string[];
    phase?: Phase[];
    cold?: true;
    quick?: true;
    json?: string;
    compare?: string;
  }>();
  const phases = options.phase ?? (options.cold === true ? ["cold" as const] : undefined);
  return {
    rounds: options.quick === true ? 2 : options.rounds,
    runtimes: options.only ?? RUNTIMES,
    workloads: options.workload ?? WORKLOAD_NAMES,
    phases: phases ?? PHASES,
    quick: options.quick === true,
    json: options.json,
    compare: options.compare,
    publishes:
      options.quick !== true &&
      options.rounds >= PUBLISHED_ROUNDS &&
      (options.only ?? options.workload ?? phases) === undefined,
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("It is a number above 0.");
}

function names<Name extends string>(known: readonly Name[]): (text: string) => Name[] {
  return (text) =>
    text.split(",").map((part) => {
      const found = known.find((name) => name === part.trim());
      if (found === undefined) throw new InvalidArgumentError(`Take of ${known.join(", ")}.`);
      return found;
    });
}
