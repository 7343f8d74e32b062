import { currentContext } from "./context.ts";
import { describeError, isError } from "./describe-error.ts";

/** Weakest first; `LogLevel` order is what filtering goes by. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = "text" | "json";

/** One log event. `fields` go to the top level of a JSON line and behind the message of a text line. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly message: unknown;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** A leveled logger: one call, one log event, with the request id of the invocation it is called in. */
export type Logger = Readonly<Record<LogLevel, (message: string, fields?: Readonly<Record<string, unknown>>) => void>>;

type Sink = (entry: LogEntry) => void;

// Outside of Lambda, as in a unit test, log events are ordinary console calls.
let sink: Sink = ({ level, message, fields }) => {
  const write = level === "fatal" ? console.error : console[level];
  if (fields === undefined) write(message);
  else write(message, fields);
};

/**
 * Logs with level and fields: `log.info("order stored", { orderId })`. As JSON with
 * `AWS_LAMBDA_LOG_FORMAT=JSON`, else as text; filtered by `LOGLEVEL` or `AWS_LAMBDA_LOG_LEVEL`.
 */
export const log: Logger = {
  trace: (message, fields) => write("trace", message, fields),
  debug: (message, fields) => write("debug", message, fields),
  info: (message, fields) => write("info", message, fields),
  warn: (message, fields) => write("warn", message, fields),
  error: (message, fields) => write("error", message, fields),
  fatal: (message, fields) => write("fatal", message, fields),
};

function write(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> | undefined): void {
  sink({ level, message, ...(fields !== undefined && { fields }) });
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
export function readLogSettings(environment: Readonly<Record<string, string | undefined>>): LogSettings {
  const own = parseLevel(environment["LOGLEVEL"]);
  return {
    format: environment["AWS_LAMBDA_LOG_FORMAT"]?.toLowerCase() === "json" ? "json" : "text",
    minimum: own ?? parseLevel(environment["AWS_LAMBDA_LOG_LEVEL"]) ?? "trace",
    verbose: own === "debug" || own === "trace",
  };
}

function parseLevel(value: string | undefined): LogLevel | undefined {
  return LOG_LEVELS.find((level) => level === value?.trim().toLowerCase());
}

/** Shows a value of any type as text. */
export type Inspect = (value: unknown) => string;

/** Sends every log event from now on to `writeLine`, one line each. */
export function installLog(settings: LogSettings, writeLine: (line: string) => void, inspect: Inspect): Sink {
  const minimum = LOG_LEVELS.indexOf(settings.minimum);
  const format = settings.format === "json" ? formatJson : formatText;
  sink = (entry) => {
    if (LOG_LEVELS.indexOf(entry.level) >= minimum) writeLine(format(entry, inspect));
  };
  return sink;
}

/** `time TAB request id TAB LEVEL TAB message`, as AWS's Node.js runtime writes it. */
function formatText({ level, message, fields }: LogEntry, inspect: Inspect): string {
  const requestId = currentContext()?.awsRequestId ?? "-";
  let line = `${new Date().toISOString()}\t${requestId}\t${level.toUpperCase()}\t${typeof message === "string" ? message : inspect(message)}`;
  if (fields !== undefined) line += `\t${inspect(fields)}`;
  // CloudWatch makes one event of each line; a carriage return keeps the event whole and shows as a line break.
  return line.replaceAll(/\r?\n/g, "\r");
}

/**
 * One JSON object a line; field order as AWS's runtimes. Lambda reads `timestamp` and `level` for its own filter, so
 * a field of the same name doesn't replace them.
 */
function formatJson({ level, message, fields }: LogEntry, inspect: Inspect): string {
  const context = currentContext();
  const record = {
    timestamp: new Date().toISOString(),
    level: level.toUpperCase(),
    requestId: context?.awsRequestId,
    tenantId: context?.tenantId,
    message,
  };
  try {
    return JSON.stringify({ ...record, ...fields, ...record }, errorsInFull);
  } catch {
    // Circular, a BigInt, a getter that throws: the event is still worth having.
    const text = typeof message === "string" ? message : inspect(message);
    return JSON.stringify({ ...record, message: text, ...(fields !== undefined && { fields: inspect(fields) }) });
  }
}

/** JSON itself shows an error as `{}`. */
function errorsInFull(_key: string, value: unknown): unknown {
  return isError(value) ? describeError(value) : value;
}
