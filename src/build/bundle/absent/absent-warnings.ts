import { isCarriedByAws, unresolvedMessage } from "../../../project/unresolved-import.ts";
import { packageName } from "../../../support/package-name.ts";
import type { LeftOut } from "./left-out.ts";
import { placeOfImport } from "./place-of-import.ts";

/**
 * What is left out and yet may be missed: what the project's own functions require, and what packages count on AWS's
 * runtime for. Each package once.
 */
export function absentWarnings(leftOut: readonly LeftOut[]): readonly string[] {
  const told = new Map<string, string>();
  for (const one of leftOut) {
    const name = packageName(one.specifier);
    const said = warningOf(one, name);
    if (said !== undefined && !told.has(name)) told.set(name, said);
  }
  return [...told.values()];
}

function warningOf({ specifier, importer, why, own, atStart }: LeftOut, name: string): string | undefined {
  const place = `${importer}:${placeOfImport(importer, specifier).line}`;
  if (atStart && isCarriedByAws(name)) {
    return `${place}: "${name}" isn't installed. AWS's Node.js runtimes carry it, provided.al2023 doesn't, so the function fails when it starts: npm install ${name}`;
  }
  if (!own || why !== "later") return undefined;
  const { message, hint = "" } = unresolvedMessage(specifier, importer);
  return `${place}: ${message}. It is left out, so the function fails if it comes here. ${hint}`.trimEnd();
}
