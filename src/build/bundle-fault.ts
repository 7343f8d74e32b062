import { relative } from "node:path";
import { Fault } from "../fault.ts";
import { readEngineMessages } from "../project/engine-messages.ts";
import { SourceFault } from "../project/source-fault.ts";

/** What the bundler threw, in the user's words: MAYFLY_SYNTAX, MAYFLY_UNRESOLVED_IMPORT, else MAYFLY_BUNDLE. */
export function bundleFault(cause: unknown, root: string): Fault {
  const problems = readEngineMessages(cause);
  const [first] = problems ?? [];
  if (problems === undefined || first === undefined) {
    const text = cause instanceof Error ? cause.message : String(cause);
    return new Fault("MAYFLY_BUNDLE", `The build failed: ${text}`, {
      hint: "This is not a mistake in your code that Mayfly knows of. Please report it with the command's output.",
      cause,
    });
  }
  const unresolved = problems.every((problem) => problem.message.startsWith("Cannot find the "));
  const where = first.file === undefined ? "the project" : relative(root, first.file);
  const more = problems.length > 1 ? ` and ${problems.length - 1} more` : "";
  return unresolved
    ? new SourceFault("MAYFLY_UNRESOLVED_IMPORT", `An import in ${where}${more} can't be resolved.`, problems, {
        cause,
      })
    : new SourceFault("MAYFLY_SYNTAX", `${where} can't be compiled.`, problems, { cause });
}
