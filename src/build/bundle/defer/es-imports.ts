import { type ImportDeclaration, parse, type Program } from "acorn";
import { deferrableBuiltin, exportedNames } from "./builtins.ts";
import { runningWith } from "./deferrable.ts";
import { applyEdits, type Edit } from "./edits.ts";
import { exportedName } from "../../module-scope.ts";
import { readReferences } from "./references.ts";

/** `import … from "x"` in source text. The clause can hold no quote and no semicolon. */
const IMPORT = /^([ \t]*import\s+(?!type\b)[^"';()=]*?\bfrom\s*)(["'])([^"'\n]+)\2/gm;

/**
 * Points imports of the engine's modules, where all that is imported is used in functions alone, at stand-ins that
 * the bundler reads each name from when it is used. Nothing but specifiers changes, so lines and columns of the code stay.
 * @param javascript `source` without types; the same text if it had none
 * @param standIn the specifier of the stand-in for a module, with or without its default export
 * @returns `undefined` if there is nothing to defer, or if the code can't be judged
 */
export function deferImports(
  source: string,
  javascript: string,
  standIn: (builtin: string, withDefault: boolean) => string,
): string | undefined {
  let program: Program;
  try {
    program = parse(javascript, { ecmaVersion: "latest", sourceType: "module", allowHashBang: true });
  } catch {
    // Newer syntax than the parser knows: the bundler takes it as it is.
    return undefined;
  }
  const imports = program.body.filter((node) => node.type === "ImportDeclaration");
  const references = readReferences(program);
  if (references.dynamic) return undefined;
  const isUsedLater = (name: string): boolean =>
    references.bindings
      .get(name)
      ?.references.every(({ ancestors }) => runningWith(ancestors).length < ancestors.length) === true;

  const edits: Edit[] = [];
  for (const specifier of new Set(imports.map(({ source: { value } }) => String(value)))) {
    const builtin = deferrableBuiltin(specifier);
    if (builtin === undefined) continue;
    const own = imports.filter((node) => node.source.value === specifier);
    const written = [...source.matchAll(IMPORT)].filter((match) => match[3] === specifier);
    // A string or a comment that looks like an import would make these differ.
    if (written.length !== own.length || !own.every((node) => isDeferrable(node, builtin, isUsedLater))) continue;
    const withDefault = own.some((node) => importedNames(node).includes("default"));
    for (const match of written) {
      const start = match.index + (match[1]?.length ?? 0) + 1;
      edits.push({ start, end: start + specifier.length, text: standIn(builtin, withDefault) });
    }
  }
  return edits.length === 0 ? undefined : applyEdits(source, edits);
}

function isDeferrable(node: ImportDeclaration, builtin: string, isUsedLater: (name: string) => boolean): boolean {
  const known = [...exportedNames(builtin), "default", "*"];
  return (
    node.specifiers.length > 0 &&
    // A name that isn't there is an error of the import, which must stay one.
    importedNames(node).every((name) => known.includes(name)) &&
    node.specifiers.every(({ local }) => isUsedLater(local.name))
  );
}

function importedNames(node: ImportDeclaration): readonly string[] {
  return node.specifiers.map((specifier) => {
    if (specifier.type === "ImportSpecifier") return exportedName(specifier.imported);
    return specifier.type === "ImportDefaultSpecifier" ? "default" : "*";
  });
}
