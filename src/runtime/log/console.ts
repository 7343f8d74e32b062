import { describeError, formatDocument, isError } from "../describe-error.ts";
import type { Inspect, LogEntry, LogFormat, LogLevel } from "./log-entry.ts";

/** Turns `console.*` into log events. Every call is one event, however many lines it has. */
export function replaceConsole(
  target: Console,
  format: LogFormat,
  sink: (entry: LogEntry) => void,
  inspect: Inspect,
): void {
  const entry = format === "json" ? jsonEntry : textEntry;
  const at =
    (level: LogLevel) =>
    (...args: readonly unknown[]): void =>
      sink(entry(level, args, inspect));
  const info = at("info");
  const show = (value: unknown): void => info(value);
  const counts = new Map<string, number>();
  const timers = new Map<string, number>();
  const elapsed = (label: string): string => {
    const started = timers.get(label);
    return `${label}: ${started === undefined ? "no such timer" : `${(performance.now() - started).toFixed(3)}ms`}`;
  };
  Object.assign(target, {
    trace: at("trace"),
    debug: at("debug"),
    log: info,
    info,
    warn: at("warn"),
    error: at("error"),
    fatal: at("fatal"),
    // The engine writes these four line by line, past format and level.
    dir: show,
    dirxml: show,
    table: show,
    count: (label = "default") => {
      counts.set(label, (counts.get(label) ?? 0) + 1);
      info(`${label}: ${counts.get(label)}`);
    },
    countReset: (label = "default") => void counts.delete(label),
    time: (label = "default") => void timers.set(label, performance.now()),
    timeLog: (label = "default", ...args: readonly unknown[]) => info(elapsed(label), ...args),
    timeEnd: (label = "default") => {
      info(elapsed(label));
      timers.delete(label);
    },
    assert: (condition: unknown, ...args: readonly unknown[]) => {
      if (!condition) sink(entry("error", ["Assertion failed", ...args], inspect));
    },
    // Indentation means nothing to a log of events, and the engine's own would shift every later line.
    group: (...args: readonly unknown[]) => (args.length > 0 ? info(...args) : undefined),
    groupCollapsed: (...args: readonly unknown[]) => (args.length > 0 ? info(...args) : undefined),
    groupEnd: () => undefined,
  });
}

function textEntry(level: LogLevel, args: readonly unknown[], inspect: Inspect): LogEntry {
  return { level, message: formatArguments(args, inspect) };
}

/** As AWS's Node.js runtime: a lone value stays what it is; of several the first error is told in fields of its own. */
function jsonEntry(level: LogLevel, args: readonly unknown[], inspect: Inspect): LogEntry {
  const [first] = args;
  if (args.length === 1 && inJson(first)) return { level, message: isError(first) ? describeError(first) : first };
  const message = formatArguments(args, inspect);
  const error = args.find(isError);
  return error === undefined ? { level, message } : { level, message, error };
}

/** A record would lose these, and with them what was said. */
function inJson(value: unknown): boolean {
  return value !== undefined && typeof value !== "function" && typeof value !== "symbol";
}

/** `util.format` for `%s %d %i %f %j %o %O %c %%`; errors are shown with the frames of the user's own files. */
function formatArguments(args: readonly unknown[], inspect: Inspect): string {
  const [first, ...rest] = args;
  if (args.length === 0) return "";
  if (args.length === 1) return show(first, inspect);
  if (typeof first !== "string" || !first.includes("%")) return args.map((arg) => show(arg, inspect)).join(" ");

  const left = [...rest];
  const message = first.replaceAll(/%[sdifjoOc%]/g, (directive) => {
    if (directive === "%%") return "%";
    if (left.length === 0) return directive;
    const value = left.shift();
    switch (directive) {
      case "%s":
        return show(value, inspect);
      case "%d":
        return typeof value === "bigint" ? `${value}n` : String(typeof value === "symbol" ? Number.NaN : Number(value));
      case "%i":
        return String(Number.parseInt(show(value, inspect), 10));
      case "%f":
        return String(Number.parseFloat(show(value, inspect)));
      case "%j":
        return json(value, inspect);
      // Styles mean nothing here.
      case "%c":
        return "";
      default:
        return inspect(value);
    }
  });
  return [message, ...left.map((arg) => show(arg, inspect))].join(" ");
}

function show(value: unknown, inspect: Inspect): string {
  if (typeof value === "string") return value;
  return isError(value) ? formatDocument(describeError(value)) : inspect(value);
}

function json(value: unknown, inspect: Inspect): string {
  try {
    return JSON.stringify(value) ?? "undefined";
  } catch {
    return inspect(value);
  }
}
