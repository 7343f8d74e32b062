import type { Variables } from "../context.ts";
import { isError } from "../describe-error.ts";
import { type Inspect, LOG_LEVELS, type LogEntry, type LogFields, type LogFormat, type LogLevel } from "./log-entry.ts";
import { formatJson, formatText } from "./log-format.ts";

/** A leveled logger: one call, one log event, with the request id of the invocation it is called in. */
export type Logger = Readonly<Record<LogLevel, (message: string, detail?: LogFields | Error) => void>>;

type Sink = (entry: LogEntry) => void;

// Outside of Lambda, as in a unit test, log events are ordinary console calls.
let sink: Sink = ({ level, message, fields, error }) => {
  const write = level === "fatal" ? console.error : console[level];
  const detail = error ?? fields;
  if (detail === undefined) write(message);
  else write(message, detail);
};

/**
 * Logs with level and fields, `log.info("order stored", { orderId })`, or with an error, `log.error("failed", error)`. As JSON with
 * `AWS_LAMBDA_LOG_FORMAT=JSON`, else as text; filtered by `LOGLEVEL` or `AWS_LAMBDA_LOG_LEVEL`.
 */
export const log: Logger = {
  trace: (message, detail) => write("trace", message, detail),
  debug: (message, detail) => write("debug", message, detail),
  info: (message, detail) => write("info", message, detail),
  warn: (message, detail) => write("warn", message, detail),
  error: (message, detail) => write("error", message, detail),
  fatal: (message, detail) => write("fatal", message, detail),
};

function write(level: LogLevel, message: string, detail: LogFields | Error | undefined): void {
  if (isError(detail)) sink({ level, message, error: detail });
  else sink({ level, message, ...(detail !== undefined && { fields: detail }) });
}

export interface LogSettings {
  readonly format: LogFormat;
  /** Weaker events are dropped. */
  readonly minimum: LogLevel;
  /** Whether the runtime tells what it does itself. */
  readonly verbose: boolean;
}

/**
 * Reads the logging variables. `LOGLEVEL` is Mayfly's own and wins; without it AWS's level counts, which Lambda sets
 * only together with JSON format. Source: lambda "Configuring advanced logging controls".
 */
export function readLogSettings(environment: Variables): LogSettings {
  const own = parseLevel(environment["LOGLEVEL"]);
  return {
    format: environment["AWS_LAMBDA_LOG_FORMAT"]?.toLowerCase() === "json" ? "json" : "text",
    minimum: own ?? parseLevel(environment["AWS_LAMBDA_LOG_LEVEL"]) ?? "trace",
    verbose: own === "debug" || own === "trace",
  };
}

function parseLevel(value: string | undefined): LogLevel | undefined {
  return value === undefined ? undefined : LOG_LEVELS.find((level) => level === value.trim().toLowerCase());
}

/** Sends every log event from now on to `writeLine`, one line each. */
export function installLog(settings: LogSettings, writeLine: (line: string) => void, inspect: Inspect): Sink {
  const minimum = LOG_LEVELS.indexOf(settings.minimum);
  const format = settings.format === "json" ? formatJson : formatText;
  sink = (entry) => {
    if (LOG_LEVELS.indexOf(entry.level) >= minimum) writeLine(format(entry, inspect));
  };
  return sink;
}
