/** Weakest first; `LogLevel` order is what filtering goes by. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = "text" | "json";

/** One log event. `fields` go to the top level of a JSON line and behind the message of a text line. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly message: unknown;
  readonly fields?: LogFields;
  /** Told with type, message, the user's frames and causes. */
  readonly error?: Error;
}

export type LogFields = Readonly<Record<string, unknown>>;

/** Shows a value of any type as text. */
export type Inspect = (value: unknown) => string;
