import { Command, Option } from "commander";
import { relative } from "node:path";
import { Fault } from "../../fault.ts";
import { KNOWN_HANDLERS, UNSET_HANDLER } from "../../protocol/unset-handler.ts";
import { readField } from "../../support/read-field.ts";
import { withTemporaryFolder } from "../../support/temporary-folder.ts";
import { LocalLambda, type LocalInvokeResult } from "../../local/local-lambda.ts";
import type { ChosenFunction } from "../../local/choose-function.ts";
import { type FunctionFlags, functionOptions } from "../function-options.ts";
import { localFunction, showLog } from "../local-function.ts";
import { preparePackage, refuseWhatNamesNoFunction } from "../prepare-package.ts";
import { type EventFlags, eventFlags, parseJson, readEvent, toDash } from "../read-event.ts";

interface InvokeFlags extends FunctionFlags, EventFlags {
  readonly json?: true;
}

const WRONG_MACHINE = `\nThis package is for another kind of machine than this one (${process.platform}, ${process.arch}). Leave --zip out, and mayfly invoke builds for this one.\n`;
const FUNCTION_FAILED = 1;

export function invokeCommand(): Command {
  const command = new Command("invoke")
    .summary("run a function once, in a local Lambda")
    .description(
      "Build the project and invoke a function once, in a fresh local execution environment. " +
        "The response goes to stdout, the log to stderr. Exit code 1 when the function fails.",
    )
    .argument("[function]", "a function of mayfly.config.ts, if there are several")
    .argument("[-]", "read the event from stdin", toDash)
    .option("-e, --event <file>", "file with the event, JSON; - for stdin")
    .addOption(new Option("-d, --data <json>", "the event itself; - for stdin").conflicts("event"));
  return functionOptions(command, { zip: "invoke this package instead of building" })
    .option("--json", "print response and log as one JSON object")
    .addHelpText(
      "after",
      `\nExamples:\n  mayfly invoke --data '{"name":"Ada"}'\n  mayfly invoke api --event event.json\n  generate-event | mayfly invoke -\n  mayfly invoke --zip lambda.zip --handler hello.handle`,
    )
    .action(async (first: string | undefined, second: string | undefined, given: InvokeFlags, command: Command) => {
      const name = first === "-" ? undefined : first;
      if (name !== undefined) refuseWhatNamesNoFunction(name, given, command);
      const flags = eventFlags(given, first === "-" || second === "-", command);
      const event = await readEvent(flags, command);
      await withTemporaryFolder(async (outdir) => {
        const chosen = await preparePackage(name, flags, outdir, flags.json === true);
        const failed = await invokeOnce(chosen, event, flags);
        if (failed) process.exitCode = FUNCTION_FAILED;
      });
    });
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
  process.once("SIGINT", stop).once("SIGTERM", stop).once("SIGHUP", stop);
  try {
    const result = await lambda.invoke(chosen.name, event);
    if (chosen.handler === undefined) refuseUnsetHandler(result, chosen.artifact);
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
    process.off("SIGINT", stop).off("SIGTERM", stop).off("SIGHUP", stop);
  }
}

/** What answers then is no function of the user's: a script must not take it for one. */
function refuseUnsetHandler({ payload }: LocalInvokeResult, artifact: string): void {
  const message = readField(parseJson(payload.toString()), "message");
  if (typeof message !== "string" || !message.startsWith(UNSET_HANDLER)) return;
  const known = message.split(KNOWN_HANDLERS)[1]?.replace(/\.$/, "");
  throw new Fault("MAYFLY_WHICH_HANDLER", `${relative(process.cwd(), artifact)} was given no handler to invoke.`, {
    hint:
      known === undefined
        ? "Name one with --handler, such as src/hello.handle."
        : `Say which one with --handler: ${known}`,
  });
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
