import { readFileSync } from "node:fs";
import { readField } from "../support/read-field.ts";
import type { SourceProblem } from "./source-fault.ts";
import { unresolvedMessage } from "./unresolved-import.ts";

/**
 * What the engine's parser, resolver and bundler threw, as problems with a place; `undefined` for
 * anything else, such as an error of the user's own code. The engine throws one message, or an
 * `AggregateError` of them, without classes that could be told by `instanceof`.
 */
export function readEngineMessages(thrown: unknown): readonly SourceProblem[] | undefined {
  const messages = thrown instanceof AggregateError ? thrown.errors : [thrown];
  const problems = messages.map(readMessage);
  return problems.length > 0 && problems.every((problem) => problem !== undefined) ? problems : undefined;
}

function readMessage(message: unknown): SourceProblem | undefined {
  const name = readField(message, "name");
  if (name !== "BuildMessage" && name !== "ResolveMessage") return undefined;
  const position = readField(message, "position");
  const file = filePath(readField(position, "file"));
  const specifier = readField(message, "specifier");
  const unresolved = name === "ResolveMessage" && typeof specifier === "string";
  const line = positive(readField(position, "line"));
  const lineText = readField(position, "lineText");
  return {
    ...(unresolved ? unresolvedMessage(specifier, file) : { message: text(message) }),
    file,
    line,
    column: positive(readField(position, "column")),
    length: positive(readField(position, "length")) ?? 1,
    lineText: typeof lineText === "string" && lineText !== "" ? lineText : sourceLine(file, line),
  };
}

export function sourceLine(file: string | undefined, line: number | undefined): string | undefined {
  if (file === undefined || line === undefined) return undefined;
  try {
    return readFileSync(file, "utf8").split(/\r?\n/)[line - 1];
  } catch {
    // The excerpt is an extra: the message with file and line is what counts.
    return undefined;
  }
}

function filePath(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && value >= 1 ? value : undefined;
}

function text(message: unknown): string {
  return String(readField(message, "message"));
}
