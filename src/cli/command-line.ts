import { Command, CommanderError } from "commander";
import { Fault } from "../fault.ts";
import { VERSION } from "../version.ts";
import { commandElsewhere } from "./command-elsewhere.ts";
import { benchCommand } from "./commands/bench.ts";
import { buildCommand } from "./commands/build.ts";
import { devCommand } from "./commands/dev.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { invokeCommand } from "./commands/invoke.ts";
import { asFault, faultToJson, formatFault } from "./report-fault.ts";
import { paintFor } from "./terminal.ts";

const SUCCESS = 0;
const FAILURE = 1;
const USAGE = 2;

const COMMANDS: readonly (() => Command)[] = [buildCommand, devCommand, invokeCommand, benchCommand, doctorCommand];

/** Arguments in, exit code out: 0 done, 1 a fault, 2 a command line that isn't understood. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(args, { from: "user" });
    return typeof process.exitCode === "number" ? process.exitCode : SUCCESS;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === SUCCESS) return SUCCESS;
    // Without a command the help is the answer.
    if (thrown instanceof CommanderError && thrown.code === "commander.help") return USAGE;
    const fault = thrown instanceof CommanderError ? usageFault(thrown, args) : asFault(thrown);
    if (args.includes("--json")) {
      process.stdout.write(`${JSON.stringify({ error: faultToJson(fault) })}\n`);
    } else {
      process.stderr.write(formatFault(fault, process.cwd(), paintFor(process.stderr, process.env)));
    }
    return thrown instanceof CommanderError ? USAGE : FAILURE;
  }
}

function program(): Command {
  const root = new Command("mayfly")
    .description("Build, run and test AWS Lambda functions in TypeScript and Elixir.")
    .version(VERSION, "-V, --version")
    .showSuggestionAfterError(true)
    .addHelpText("after", "\nStart with:\n  mayfly build --zip        lambda.zip from the handler in this folder");
  for (const command of COMMANDS) root.addCommand(command());
  for (const command of [root, ...root.commands]) {
    // Its errors are faults like any other: printed in one place.
    command
      .exitOverride()
      .configureOutput({ outputError: () => undefined })
      .configureHelp({ minWidthToWrap: 15 });
  }
  return root;
}

function usageFault(error: CommanderError, args: readonly string[]): Fault {
  const [message = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  const hint = suggestion?.replace(/^\((.*)\)$/, "$1") ?? hintFor(error, args) ?? helpOf(args);
  return new Fault("MAYFLY_USAGE", sentence, { hint });
}

function hintFor({ code }: CommanderError, [name = ""]: readonly string[]): string | undefined {
  return code === "commander.unknownCommand" ? commandElsewhere(name) : undefined;
}

/** The help that has what was asked for: of the command, where there is one. */
function helpOf(args: readonly string[]): string {
  const name = args.find((one) => COMMANDS.some((command) => command().name() === one));
  return `mayfly ${name === undefined ? "" : `${name} `}--help shows what there is.`;
}
