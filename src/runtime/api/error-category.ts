import type { ErrorDocument } from "../../protocol/error-document.ts";

/** `category.Reason`; the platform files any other shape under "Unknown". */
export function errorCategory(category: "Function" | "Runtime", document: ErrorDocument): string {
  if (/^(Runtime|Function)\.[A-Z][a-zA-Z]+$/.test(document.errorType)) return document.errorType;
  return /^[A-Z][a-zA-Z]+$/.test(document.errorType) ? `${category}.${document.errorType}` : `${category}.Unknown`;
}
