import { Fault } from "../../fault.ts";
import { readEngineMessages } from "../../project/engine-messages.ts";
import { SourceFault } from "../../project/source-fault.ts";
import { messageOf } from "../../support/system-error.ts";

/** What the bundler threw, in the user's words: MAYFLY_SYNTAX, MAYFLY_UNRESOLVED_IMPORT, else MAYFLY_BUNDLE. */
export function bundleFault(cause: unknown): Fault {
  const problems = readEngineMessages(cause);
  const [first] = problems ?? [];
  if (problems === undefined || first === undefined) {
    return new Fault("MAYFLY_BUNDLE", `The build failed: ${messageOf(cause)}`, {
      hint: "This is not a mistake in your code that Mayfly knows of. Please report it with the command's output.",
      cause,
    });
  }
  const where = first.file ?? "the project";
  if (!problems.every((problem) => problem.message.startsWith("Cannot find the "))) {
    return new SourceFault("MAYFLY_SYNTAX", `${where} can't be compiled.`, problems, { cause });
  }
  const count = problems.length === 1 ? "An import" : `${problems.length} imports`;
  const missesPackage = problems.some((problem) => problem.message.startsWith("Cannot find the package"));
  return new SourceFault("MAYFLY_UNRESOLVED_IMPORT", `${count} can't be resolved in ${where}.`, problems, {
    ...(missesPackage && { hint: "What is there only at run time, as in a layer, is left out with --external." }),
    cause,
  });
}
