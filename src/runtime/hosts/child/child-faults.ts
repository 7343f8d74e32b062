import type { ErrorDocument } from "../../../protocol/error-document.ts";
import type { ChildEnd } from "../../engine/engine.ts";

export function fault(errorType: string, errorMessage: string): ErrorDocument {
  return { errorType, errorMessage, stackTrace: [] };
}

/** How a child ended, as the rest of a sentence. */
export function how({ code, signal }: ChildEnd): string {
  if (signal === null) return `with exit status ${code ?? "unknown"}`;
  const hint = signal === "SIGKILL" ? " (has the function outgrown its memory?)" : "";
  return `by signal ${signal}${hint}`;
}
