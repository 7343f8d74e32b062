import type { LocalLambdaOptions } from "../local/local-lambda.ts";
import type { LogEvent } from "../local/log.ts";
import type { ChosenFunction } from "../local/choose-function.ts";
import type { SettingFlags } from "./function-options.ts";
import { paintFor } from "./terminal.ts";

/** The one function of a local Lambda, as the config and the flags want it; flags go first. */
export function localFunction(chosen: ChosenFunction, flags: SettingFlags): LocalLambdaOptions["functions"] {
  const { name, artifact, front: _front, ...settings } = chosen;
  return {
    [name]: {
      ...settings,
      package: artifact,
      environment: { ...settings.environment, ...flags.envFile, ...flags.env },
      ...(flags.timeout !== undefined && { timeout: flags.timeout }),
      ...(flags.memory !== undefined && { memory: flags.memory }),
    },
  };
}

/** Writes log events to stderr. A line feed inside one event travels as a carriage return. */
export function showLog(): (event: LogEvent) => void {
  const paint = paintFor(process.stderr, process.env);
  return ({ line, source }) => {
    process.stderr.write(`${source === "platform" ? paint("dim", line) : line.replaceAll("\r", "\n")}\n`);
  };
}
