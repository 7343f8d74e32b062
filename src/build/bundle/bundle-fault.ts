import { resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { Fault } from "../../fault.ts";
import { readEngineMessages, sourceLine } from "../../project/engine-messages.ts";
import { SourceFault, type SourceProblem } from "../../project/source-fault.ts";
import { readField } from "../../support/read-field.ts";
import { messageOf } from "../../support/system-error.ts";

/** What the bundler or the engine's compiler threw, in the user's words: MAYFLY_SYNTAX or MAYFLY_TSCONFIG, else MAYFLY_BUNDLE. */
export function bundleFault(cause: unknown): Fault {
  const ofTsconfig = tsconfigFault(cause);
  if (ofTsconfig !== undefined) return ofTsconfig;
  const problems = readLinkerMessages(cause) ?? readEngineMessages(cause);
  const [first] = problems ?? [];
  if (problems === undefined || first === undefined) {
    return new Fault("MAYFLY_BUNDLE", `The build failed: ${messageOf(cause)}`, {
      hint: "This is not a mistake in your code that Mayfly knows of. Please report it with the command's output.",
      cause,
    });
  }
  return new SourceFault("MAYFLY_SYNTAX", `${first.file ?? "the project"} can't be compiled.`, problems, { cause });
}

const TSCONFIG = /Failed to load tsconfig '([^']*)': (.*)/;

function tsconfigFault(cause: unknown): Fault | undefined {
  const [, file, why] = TSCONFIG.exec(stripVTControlCharacters(messageOf(cause))) ?? [];
  if (file === undefined || why === undefined) return undefined;
  if (!/not found/i.test(why)) {
    const hint = "It is the project's tsconfig.json, or one that it extends or refers to.";
    const [, message, line, column] = /^(.*) at line (\d+) column (\d+)/.exec(why) ?? [];
    if (message === undefined) {
      return new Fault("MAYFLY_TSCONFIG", `${file} can't be read: ${why}.`, { hint, cause });
    }
    const place = { file: resolve(file), line: Number(line), column: Math.max(1, Number(column)) };
    const problem = { message, ...place, length: 1, lineText: sourceLine(place.file, place.line) };
    return new SourceFault("MAYFLY_TSCONFIG", `${file} can't be read.`, [problem], { hint, cause });
  }
  const isPackage = !/^\.|\.json$/.test(file) || file.startsWith("@");
  return new Fault("MAYFLY_TSCONFIG", `A tsconfig.json extends or refers to ${file}, which isn't there.`, {
    hint: isPackage ? "Install the package with it, or correct the name." : "Correct the path, or add the file.",
    cause,
  });
}

/** The problems that the bundler names a place in the code for; `undefined` if there are others. */
function readLinkerMessages(thrown: unknown): readonly SourceProblem[] | undefined {
  const errors = readField(thrown, "errors");
  if (!Array.isArray(errors)) return undefined;
  const problems = errors.map((one: unknown) => readLinkerMessage(one));
  return problems.length > 0 && problems.every((problem) => problem !== undefined) ? problems : undefined;
}

function readLinkerMessage(error: unknown): SourceProblem | undefined {
  const [place, message] = [readField(error, "loc"), readField(error, "message")];
  const [file, line, column] = ["file", "line", "column"].map((name) => readField(place, name));
  if (typeof file !== "string" || typeof line !== "number" || typeof column !== "number") return undefined;
  if (typeof message !== "string") return undefined;
  // The code before it and the excerpt behind it are for a terminal.
  const text = (stripVTControlCharacters(message).split("\n")[0] ?? "")
    .replace(/^\[\w+\] /, "")
    .replace(/^(".*") is not exported by (".*")\.$/, "No matching export in $2 for import $1");
  return { message: text, file, line, column: column + 1, length: 1, lineText: sourceLine(file, line) };
}
