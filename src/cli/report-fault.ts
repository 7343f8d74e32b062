import { relative } from "node:path";
import { Fault } from "../fault.ts";
import { SourceFault, type SourceProblem } from "../project/source-fault.ts";
import { type Paint } from "./terminal.ts";

/** More excerpts than this scroll the first one away. */
const MAX_PROBLEMS = 10;

/** A problem for a person: code, message, excerpts, next step. Paths inside `cwd` are shown from there. */
export function formatFault(fault: Fault, cwd: string, paint: Paint): string {
  const lines = [`${paint(["red", "bold"], `error ${fault.code}`)}: ${shorten(fault.message, cwd)}`];
  if (fault instanceof SourceFault) {
    for (const problem of fault.problems.slice(0, MAX_PROBLEMS)) lines.push("", ...formatProblem(problem, cwd, paint));
    const hidden = fault.problems.length - MAX_PROBLEMS;
    if (hidden > 0) lines.push("", `… and ${hidden} more`);
  }
  if (fault.hint !== undefined) lines.push("", shorten(fault.hint, cwd));
  return `${lines.join("\n")}\n`;
}

function formatProblem(problem: SourceProblem, cwd: string, paint: Paint): string[] {
  const { file, line, column, lineText } = problem;
  const place = [file === undefined ? undefined : relative(cwd, file) || file, line, column]
    .filter((part) => part !== undefined)
    .join(":");
  const lines = [place === "" ? problem.message : `${paint("cyan", place)}  ${problem.message}`];
  if (line !== undefined && lineText !== undefined && lineText.trim() !== "") {
    const number = `  ${line} | `;
    const { shown, offset } = window(lineText, column ?? 1);
    lines.push(`${paint("dim", number)}${shown}`);
    if (column !== undefined) {
      const before = shown.slice(0, offset).replace(/[^\t]/g, " ");
      const width = Math.max(1, Math.min(problem.length, shown.length - offset));
      lines.push(`${" ".repeat(number.length)}${before}${paint(["red", "bold"], "^".repeat(width))}`);
    }
  }
  if (problem.hint !== undefined) lines.push(`  ${problem.hint}`);
  return lines;
}

const MAX_WIDTH = 120;

/** The part of a line around a column: a minified line is no excerpt. */
function window(text: string, column: number): { shown: string; offset: number } {
  const start = text.length <= MAX_WIDTH ? 0 : Math.max(0, Math.min(column - 41, text.length - MAX_WIDTH));
  return { shown: text.slice(start, start + MAX_WIDTH), offset: Math.max(0, column - 1 - start) };
}

/** A problem for a program: what `--json` prints. */
export function faultToJson(fault: Fault): Record<string, unknown> {
  return {
    code: fault.code,
    message: fault.message,
    ...(fault.hint !== undefined && { hint: fault.hint }),
    ...(fault instanceof SourceFault && { problems: fault.problems }),
  };
}

/** Everything that a command can throw, as a fault. A stranger is a bug of ours, with its stack. */
export function asFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return new Fault("MAYFLY_BUG", `Mayfly itself failed: ${text}`, {
    hint: "Please report this with the command you ran.",
    cause: thrown,
  });
}

function shorten(text: string, cwd: string): string {
  return text.replaceAll(`${cwd}/`, "");
}
