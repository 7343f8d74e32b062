import { dirname, join } from "node:path";
import { SourceFault, type SourceProblem } from "../../../project/source-fault.ts";
import { unresolvedMessage } from "../../../project/unresolved-import.ts";
import type { MissingImport } from "./left-out.ts";
import { placeOfImport } from "./place-of-import.ts";

/** Imports that lead nowhere, each told once. */
export function unresolvedFault(missing: readonly MissingImport[]): SourceFault {
  const problems = [...new Set(missing.map(whatIsMissing))]
    .flatMap((what) => problemOf(missing.filter((one) => whatIsMissing(one) === what)))
    .toSorted(inOrder);
  const count = problems.length === 1 ? "An import" : `${problems.length} imports`;
  const missesPackage = problems.some(({ message }) => message.startsWith("Cannot find the package"));
  return new SourceFault(
    "MAYFLY_UNRESOLVED_IMPORT",
    `${count} can't be resolved in ${problems[0]?.file ?? "the project"}.`,
    problems,
    missesPackage ? { hint: "What is there only at run time, as in a layer, is left out with --external." } : {},
  );
}

/** Paths mean something else in each folder, packages mostly don't. */
function whatIsMissing({ specifier, importer }: MissingImport): string {
  return specifier.startsWith(".") ? join(dirname(importer), specifier) : specifier;
}

function problemOf(asked: readonly MissingImport[]): readonly SourceProblem[] {
  const importers = [...new Set(asked.map(({ importer }) => importer))];
  const [first, ...others] = importers.toSorted((a, b) => Number(isInstalled(a)) - Number(isInstalled(b)));
  const specifier = asked.find(({ importer }) => importer === first)?.specifier;
  if (first === undefined || specifier === undefined) return [];
  const { message, ...hint } = unresolvedMessage(specifier, first);
  const more =
    others.length === 0 ? "" : ` (and ${others.length} more ${others.length === 1 ? "file asks" : "files ask"} for it)`;
  return [{ message: message + more, ...hint, file: first, ...placeOfImport(first, specifier) }];
}

function isInstalled(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file);
}

function inOrder(a: SourceProblem, b: SourceProblem): number {
  if (a.file !== b.file) return (a.file ?? "") < (b.file ?? "") ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
