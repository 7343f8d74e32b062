import { readField } from "../support/read-field.ts";

/** What `lambda.invoke` rejects with when the function fails: its error document, and what it logged. */
export class FunctionError extends Error {
  override readonly name = "FunctionError";
  /** Such as `ValidationError`, `Sandbox.Timedout`, `Runtime.ExitError`. */
  readonly errorType: string;
  readonly errorMessage: string;
  /** One frame a string, innermost first. */
  readonly stackTrace: readonly string[];
  /** The invocation's log, one line an event. */
  readonly log: readonly string[];
  /** The whole document, with whatever else the runtime put there: `cause`, `errors`. */
  readonly document: unknown;

  constructor(document: unknown, log: readonly string[]) {
    const errorType = textOf(document, "errorType") ?? "Unknown";
    const errorMessage = textOf(document, "errorMessage") ?? "";
    super(`${errorType}: ${errorMessage}`);
    this.errorType = errorType;
    this.errorMessage = errorMessage;
    // AWS's own Node.js runtime says `trace`.
    this.stackTrace = linesOf(document, "stackTrace") ?? linesOf(document, "trace") ?? [];
    this.log = log;
    this.document = document;
  }
}

function textOf(document: unknown, key: string): string | undefined {
  const value = readField(document, key);
  return typeof value === "string" ? value : undefined;
}

function linesOf(document: unknown, key: string): readonly string[] | undefined {
  const value = readField(document, key);
  if (!Array.isArray(value)) return undefined;
  const lines: unknown[] = value;
  return lines.map(String);
}
