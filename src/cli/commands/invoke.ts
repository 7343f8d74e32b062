import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { text } from "node:stream/consumers";
import { Command, InvalidArgumentError, Option } from "commander";
import { withTemporaryFolder } from "../../build/temporary-folder.ts";
import { LocalLambda, type LocalInvokeResult } from "../../local/local-lambda.ts";
import { SOURCE_EXTENSIONS } from "../../project/source-file.ts";
import type { ChosenFunction } from "../../testing/choose-function.ts";
import { localFunction, showLog } from "../local-function.ts";
import { toNumber, toVariable } from "../option-values.ts";
import { preparePackage } from "../prepare-package.ts";

interface InvokeFlags {
  readonly event?: string;
  readonly data?: string;
  readonly zip?: string;
  readonly entry?: string;
  readonly config?: string;
  readonly handler?: string;
  readonly timeout?: number;
  readonly memory?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly json?: true;
}

const WRONG_MACHINE = `\nThis package is for another kind of machine than this one (${process.platform}, ${process.arch}). Leave --zip out, and mayfly invoke builds for this one.\n`;
const FUNCTION_FAILED = 1;
const USAGE = 2;

export function invokeCommand(): Command {
  return new Command("invoke")
    .summary("run a function once, in a local Lambda")
    .description(
      "Build the project and invoke a function once, in a fresh local execution environment.\n" +
        "The response goes to stdout, the log to stderr. Exit code 1 when the function fails.",
    )
    .argument("[function]", "a function of mayfly.config.ts, if there are several")
    .argument("[-]", "read the event from stdin", toDash)
    .option("-e, --event <file>", "file with the event, JSON; - for stdin")
    .addOption(new Option("-d, --data <json>", "the event itself; - for stdin").conflicts("event"))
    .option("--zip <file>", "invoke this package instead of building")
    .addOption(new Option("--entry <file>", "handler file, or the folder of a project").conflicts("zip"))
    .addOption(new Option("--config <file>", "config file (default: mayfly.config.ts in the project)").conflicts("zip"))
    .option("--handler <handler>", "file.export, if there are several")
    .option("--timeout <seconds>", "the function's timeout", toNumber)
    .option("--memory <mb>", "the function's memory", toNumber)
    .option("--env <name=value>", "an environment variable; repeat for more", toVariable)
    .option("--json", "print response and log as one JSON object")
    .addHelpText(
      "after",
      `\nExamples:\n  mayfly invoke --data '{"name":"Ada"}'\n  mayfly invoke api --event event.json\n  generate-event | mayfly invoke -\n  mayfly invoke --zip lambda.zip --handler hello.handle`,
    )
    .action(async (first: string | undefined, second: string | undefined, given: InvokeFlags, command: Command) => {
      const name = first === "-" ? undefined : first;
      if (name !== undefined) refuseWhatNamesNoFunction(name, given, command);
      const fromStdin = first === "-" || second === "-";
      if (fromStdin && (given.event ?? given.data) !== undefined) {
        command.error("The event comes from stdin (-) or from --event or --data, not from both", { exitCode: USAGE });
      }
      const flags: InvokeFlags = fromStdin ? { ...given, event: "-" } : given;
      const event = await readEvent(flags, command);
      await withTemporaryFolder(async (outdir) => {
        const chosen = await preparePackage(name, flags, outdir, flags.json === true);
        const failed = await invokeOnce(chosen, event, flags);
        if (failed) process.exitCode = FUNCTION_FAILED;
      });
    });
}

function refuseWhatNamesNoFunction(name: string, flags: InvokeFlags, command: Command): void {
  if (SOURCE_EXTENSIONS.includes(extname(name))) {
    command.error(`'${name}' is a file, not a function of mayfly.config.ts: mayfly invoke --entry ${name}`, {
      exitCode: USAGE,
    });
  }
  if (flags.zip !== undefined) {
    command.error(`A package knows handlers, not functions by name: give --handler instead of '${name}'`, {
      exitCode: USAGE,
    });
  }
}

/** Says whether the function failed. */
async function invokeOnce(chosen: ChosenFunction, event: Buffer, flags: InvokeFlags): Promise<boolean> {
  const log: string[] = [];
  const show = flags.json === true ? undefined : showLog();
  const lambda = await LocalLambda.start({
    functions: localFunction(chosen, flags),
    onLog: (event) => {
      log.push(event.line);
      show?.(event);
    },
  });
  let interrupted: number | undefined;
  const stop = (_signal: NodeJS.Signals, number: number): void => {
    interrupted = number;
    void lambda.stop();
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    const result = await lambda.invoke(chosen.name, event);
    process.stdout.write(flags.json === true ? formatJson(result, log) : formatResponse(result));
    if (result.functionError && result.payload.includes("bootstrap: exec format error"))
      process.stderr.write(WRONG_MACHINE);
    return result.functionError;
  } catch (error) {
    if (interrupted === undefined) throw error;
    // As a shell reads it: ended by this signal.
    process.exitCode = 128 + interrupted;
    return false;
  } finally {
    await lambda.stop();
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

/** On a terminal JSON is set out to be read; a pipe gets the function's very bytes. */
function formatResponse(result: LocalInvokeResult): string | Uint8Array {
  const value = parseJson(result.payload.toString());
  if (process.stdout.isTTY && value !== undefined) return `${JSON.stringify(value, undefined, 2)}\n`;
  return process.stdout.isTTY ? `${result.payload.toString()}\n` : Buffer.concat([result.payload, Buffer.from("\n")]);
}

function formatJson(result: LocalInvokeResult, log: readonly string[]): string {
  const text = result.payload.toString();
  const response = parseJson(text) ?? text;
  const { requestId, functionError } = result;
  return `${JSON.stringify({ requestId, functionError, response, log })}\n`;
}

async function readEvent(flags: InvokeFlags, command: Command): Promise<Buffer> {
  const source = flags.data ?? (await readEventFile(flags.event, command));
  const event = source === "-" ? await text(process.stdin) : source;
  if (event.trim() === "") return Buffer.from("{}");
  if (parseJson(event) === undefined) {
    const where = flags.data === undefined ? `The event in ${flags.event ?? "stdin"}` : "The event given with --data";
    command.error(`${where} is not JSON: ${jsonProblem(event)}`, { exitCode: USAGE, code: "mayfly.event" });
  }
  return Buffer.from(event);
}

async function readEventFile(file: string | undefined, command: Command): Promise<string> {
  if (file === undefined) return "{}";
  if (file === "-") return "-";
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return command.error(`The event can't be read: ${problem}`, { exitCode: USAGE, code: "mayfly.event" });
  }
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    // The caller shows it as text, or says what is wrong with it.
    return undefined;
  }
}

function jsonProblem(source: string): string {
  try {
    JSON.parse(source);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function toDash(value: string): string {
  if (value !== "-") throw new InvalidArgumentError("Only - (stdin) can follow the function's name.");
  return value;
}
