import { type Command, Option } from "commander";
import { toFunctionVariable, toNumber, toVariables } from "./option-values.ts";

/** What names the package to run. */
export interface PackageFlags {
  readonly zip?: string;
  readonly entry?: string;
  readonly config?: string;
  readonly handler?: string;
}

/** What is set beside, or instead of, the config. */
export interface SettingFlags {
  readonly timeout?: number;
  readonly memory?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** What the files say. */
  readonly envFile?: Readonly<Record<string, string>>;
}

/** The options of a command that runs a function here. */
export interface FunctionFlags extends PackageFlags, SettingFlags {}

/** Adds those options. The words are the command's: what it does with a zip, and what the memory is for. */
export function functionOptions(command: Command, words: { readonly zip: string; readonly memory?: string }): Command {
  return command
    .option("--zip <file>", words.zip)
    .addOption(new Option("--entry <file>", "handler file, or the folder of a project").conflicts("zip"))
    .addOption(new Option("--config <file>", "config file (default: mayfly.config.ts in the project)").conflicts("zip"))
    .option("--handler <handler>", "file.export or Elixir.Module.function; needed with --zip, and if there are several")
    .option("--timeout <seconds>", "the function's timeout", toNumber)
    .option("--memory <mb>", words.memory ?? "the function's memory", toNumber)
    .option("--env <name=value>", "an environment variable; repeat for more", toFunctionVariable)
    .option("--env-file <file>", "variables of a .env file, below those of --env; repeat for more", toVariables);
}
