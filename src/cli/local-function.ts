import type { LocalLambdaOptions } from "../local/local-lambda.ts";
import type { LogEvent } from "../local/log.ts";
import type { ChosenFunction } from "../testing/choose-function.ts";
import { paintFor } from "./terminal.ts";

/** What `invoke` and `dev` may set beside, or instead of, the config. */
interface FunctionFlags {
  readonly timeout?: number;
  readonly memory?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The one function of a local Lambda, as the config and the flags want it; flags go first. */
export function localFunction(chosen: ChosenFunction, flags: FunctionFlags): LocalLambdaOptions["functions"] {
  const { name, artifact, front: _front, ...settings } = chosen;
  return {
    [name]: {
      ...settings,
      package: artifact,
      environment: { ...settings.environment, ...flags.env },
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
