import { accessSync, constants, writeFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { benchFunction, type BenchSource } from "../../bench/bench.ts";
import { startPicture } from "../../bench/svg.ts";
import { buildProject } from "../../build/build.ts";
import { compileOptions } from "../../build/compile-options.ts";
import { streamingHandlers } from "../../build/handlers/function-handlers.ts";
import { hostTarget } from "../../build/target.ts";
import { withTemporaryFolder } from "../../support/temporary-folder.ts";
import { Fault } from "../../fault.ts";
import { resolveFunction } from "../../local/function-settings.ts";
import { ELIXIR_PREFIX } from "../../protocol/handler-string.ts";
import { messageOf } from "../../support/system-error.ts";
import { chooseFunction, type ChosenFunction, withHandler } from "../../local/choose-function.ts";
import { type FunctionFlags, functionOptions } from "../function-options.ts";
import { localFunction } from "../local-function.ts";
import { toNumber } from "../option-values.ts";
import { namedProject, refuseWhatNamesNoFunction } from "../prepare-package.ts";
import { type EventFlags, eventFlags, readEvent, toDash } from "../read-event.ts";
import { formatBench } from "../report-bench.ts";
import { paintFor, showProgress } from "../terminal.ts";
import { isDirectory } from "../../support/files.ts";

interface BenchFlags extends FunctionFlags, EventFlags {
  readonly rounds: number;
  readonly svg?: string;
  readonly json?: true;
}

const DEFAULT_ROUNDS = 20;

export function benchCommand(): Command {
  const command = new Command("bench")
    .summary("measure a function: its start, its modules, its invocations")
    .description(
      "Build the project and measure a function on this machine: what its start takes and which modules that is, " +
        "its first and its later invocations, CPU, memory and size, with what could be done about them. " +
        "The handler really runs, some thousand times, with the event that is given.",
    )
    .argument("[function]", "a function of mayfly.config.ts, if there are several")
    .argument("[-]", "read the event from stdin", toDash)
    .option("-e, --event <file>", "file with the event, JSON; - for stdin")
    .addOption(new Option("-d, --data <json>", "the event itself; - for stdin").conflicts("event"))
    .option("--rounds <count>", "starts to measure, at least 5", toRounds, DEFAULT_ROUNDS)
    .option("--svg <file>", "draw the start: modules below those that import them");
  return functionOptions(command, {
    zip: "measure this package instead of building; its modules can't be told apart",
    memory: "the function's memory, to compare with; the CPU is this machine's",
  })
    .option("--json", "print the result as one JSON object")
    .addHelpText(
      "after",
      `\nExamples:\n  mayfly bench --data '{"name":"Ada"}'\n  mayfly bench api --event event.json --svg start.svg\n  mayfly bench --json --rounds 50 > bench.json`,
    )
    .action(async (first: string | undefined, second: string | undefined, given: BenchFlags, command: Command) => {
      const name = first === "-" ? undefined : first;
      if (name !== undefined) refuseWhatNamesNoFunction(name, given, command);
      const flags = eventFlags(given, first === "-" || second === "-", command);
      const event = await readEvent(flags, command);
      await withTemporaryFolder((folder) => bench(name, flags, event, folder));
    });
}

async function bench(name: string | undefined, flags: BenchFlags, event: Buffer, folder: string): Promise<void> {
  const picture = flags.svg === undefined ? undefined : resolve(process.cwd(), flags.svg);
  // A minute of measuring should not end in a mistyped path.
  if (picture !== undefined) writing(picture, () => checkWritable(picture));
  const progress = showProgress(process.stderr, flags.json === true);
  try {
    const { chosen, source, isServer, zipBytes } = await prepare(name, flags, folder, progress.step);
    const [input] = Object.values(localFunction(chosen, flags));
    if (input === undefined) throw new Error("no function was chosen");
    const { report, modules } = await benchFunction({
      settings: resolveFunction(chosen.name, input),
      package: chosen.artifact,
      zipBytes,
      source: isServer || chosen.handler?.startsWith(ELIXIR_PREFIX) === true ? undefined : source,
      isServer,
      event,
      rounds: flags.rounds,
      folder,
      progress: progress.step,
    });
    progress.done();
    if (picture !== undefined) writing(picture, () => writeFileSync(picture, startPicture(report, modules)));
    const text =
      flags.json === true ? `${JSON.stringify(report)}\n` : formatBench(report, paintFor(process.stdout, process.env));
    process.stdout.write(text);
  } finally {
    progress.done();
  }
}

interface Prepared {
  readonly chosen: ChosenFunction;
  readonly source: BenchSource | undefined;
  readonly isServer: boolean;
  readonly zipBytes: number | undefined;
}

async function prepare(
  name: string | undefined,
  flags: BenchFlags,
  outdir: string,
  progress: (step: string) => void,
): Promise<Prepared> {
  if (flags.zip !== undefined) {
    const path = resolve(process.cwd(), flags.zip);
    const info = await stat(path).catch(() => undefined);
    return {
      chosen: withHandler(path, flags.handler),
      source: undefined,
      isServer: false,
      zipBytes: info?.isFile() === true ? info.size : undefined,
    };
  }
  const project = await namedProject(flags);
  const built = await buildProject(project, {
    outdir,
    zip: true,
    target: hostTarget(),
    compile: compileOptions(),
    progress,
  });
  const handlers = built.handlers.map(({ handler }) => handler);
  const byName = new Map(built.functions.map((one) => [one.name, one.handler]));
  const streaming = streamingHandlers(project.functions, byName);
  const chosen = chooseFunction(built, { function: name, handler: flags.handler });
  if (chosen.handler === undefined) throw noHandler();
  return {
    chosen,
    isServer: project.functions.some((one) => one.name === chosen.name && one.web !== undefined),
    source: { root: project.root, entries: project.entries, handlers, streaming },
    zipBytes: built.artifacts[0]?.bytes,
  };
}

/** Without one it would be the runtime's answer that none is set that is measured. */
function noHandler(): Fault {
  return new Fault("MAYFLY_WHICH_HANDLER", "No handler could be seen in the code, so there is nothing to measure.", {
    hint: "Name it: mayfly bench --handler file.export",
  });
}

function checkWritable(path: string): void {
  if (isDirectory(path)) throw new Error("it is a folder");
  accessSync(dirname(path), constants.W_OK);
}

/** @throws Fault MAYFLY_BENCH_SVG when `write` fails */
function writing(path: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw new Fault("MAYFLY_BENCH_SVG", `The picture can't be written to ${path}: ${messageOf(cause)}`, {
      hint: "Choose another file: mayfly bench --svg start.svg",
      cause,
    });
  }
}

function toRounds(value: string): number {
  const rounds = toNumber(value);
  if (Number.isInteger(rounds) && rounds >= 5 && rounds <= 1_000) return rounds;
  throw new InvalidArgumentError("A whole number from 5 to 1000: fewer say nothing.");
}
