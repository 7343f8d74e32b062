import { domExceptionsLikeNode } from "./bun-dom-exception.ts";
import { moduleErrorsLikeNode } from "./bun-errors.ts";
import { formsLikeNode } from "./bun-forms.ts";
import { ownSocketsLikeNode } from "./bun-http.ts";
import { webTypesLikeNode } from "./bun-web.ts";

/** Which of them the code can come to. */
type Findings = Readonly<Record<"webTypes" | "forms" | "aborts" | "lookUps" | "ownSockets", boolean>>;

/** What the runtime brings into line with Node.js before handlers, in the process of a server that listens by itself. */
export function serverLikeNode(findings: Findings): void {
  if (findings.webTypes) webTypesLikeNode();
  if (findings.forms) formsLikeNode();
  if (findings.aborts) domExceptionsLikeNode();
  if (findings.lookUps) moduleErrorsLikeNode();
  if (findings.ownSockets) ownSocketsLikeNode();
}
