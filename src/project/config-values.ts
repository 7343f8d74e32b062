import { isWholeNumberIn, type Range } from "../protocol/function-rules.ts";
import type { Fields } from "../support/read-field.ts";
import { suggest } from "../support/suggest.ts";

/** Reading values of a config: what is wrong is reported under its path, and the value left out. */
export type ReportProblem = (path: string, problem: string) => void;

export function text(value: unknown, path: string, report: ReportProblem): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string" && value !== "") return value;
  report(path, `must be a string that is not empty, but it is ${describe(value)}`);
  return undefined;
}

export function wholeNumber(
  value: unknown,
  path: string,
  range: Range,
  unit: string,
  report: ReportProblem,
): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number" && isWholeNumberIn(value, range)) return value;
  report(path, `must be a whole number of ${unit} from ${range.min} to ${range.max}, but it is ${describe(value)}`);
  return undefined;
}

export function reportUnknownKeys(value: Fields, known: readonly string[], path: string, report: ReportProblem): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const near = suggest(key, known);
    report(
      path === "" ? shownKey(key) : `${path}.${shownKey(key)}`,
      near === undefined ? `unknown; known are ${known.join(", ")}` : `unknown; did you mean "${near}"?`,
    );
  }
}

/** A key in a path: quoted where it isn't a plain name, as for what is empty or would move a terminal's cursor. */
export function shownKey(key: string): string {
  return /^[\w$-]+$/.test(key) ? key : JSON.stringify(key);
}

export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  if (value === undefined) return "undefined";
  return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}
