import { type ErrorDocument, parseErrorDocument } from "../../../protocol/error-document.ts";
import type { ChildEnd } from "../../engine/engine.ts";
import { fault, how } from "../child/child-faults.ts";

/** What the agent wrote; if it can't be read, the text itself is the message. */
export function readDocument(text: string): ErrorDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The text is told below.
    value = undefined;
  }
  return parseErrorDocument(value) ?? fault("Runtime.UnreadableError", `The handler failed: ${text}`);
}

export function endedInInvocation(end: ChildEnd): ErrorDocument {
  return fault(
    "Runtime.ExitError",
    `The BEAM ended ${how(end)} while it served this invocation. The next one gets a new one.`,
  );
}

export function endedInInit(end: ChildEnd, lastWords: readonly string[]): ErrorDocument {
  const said = lastWords.length > 0 ? ` Its last words: ${lastWords.join("\n")}` : "";
  return fault(
    "Runtime.ExitError",
    `Initialization error: the BEAM ended ${how(end)} before the application was started.${said}`,
  );
}

export function notStarted(error: unknown): ErrorDocument {
  return fault("Runtime.InvalidEntrypoint", `Initialization error: the BEAM can't be started: ${String(error)}`);
}

export function pastDeadline(stack: readonly string[]): ErrorDocument {
  const errorMessage =
    "Timeout: the handler was still running shortly before the deadline, and was ended. The stack shows where it was.";
  return { errorType: "Runtime.HandlerTimeout", errorMessage, stackTrace: stack };
}

export function stillStarting(): ErrorDocument {
  return fault(
    "Runtime.HandlerTimeout",
    "Timeout: the application was still being started again when the deadline came.",
  );
}

/** The agent's list of frames; empty if it is none. */
export function readStack(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((frame) => typeof frame === "string") : [];
  } catch {
    // A stack is a courtesy: the timeout is told without it.
    return [];
  }
}
