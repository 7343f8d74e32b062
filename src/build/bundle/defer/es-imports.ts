import { type SyntaxNode, nodeIn, nodesIn, parseFile, walk } from "../../syntax.ts";
import { deferrableBuiltin, exportedNames } from "./builtins.ts";
import { applyEdits, type Edit } from "./edits.ts";

const EVAL = /\beval\s*\(/;
const IMPORTING = "$deferred_importing";

/** Where the code of an ES module is pointed at. */
export interface StandIns {
  /** The module with what the written calls go to. */
  readonly helper: string;
  /** The specifier of what stands for a module of the engine, with or without its default export. */
  readonly standIn: (builtin: string, withDefault: boolean) => string;
}

/**
 * Points imports of the engine's modules at stand-ins that the bundler reads each name from when it is used. Nothing
 * but specifiers changes, so lines stay.
 * @param path tells the language
 * @param javascript the source without its types
 * @returns `undefined` if there is nothing to defer, or if the code can't be judged
 */
export function deferImports(
  source: string,
  path: string,
  javascript: () => string,
  { helper, standIn }: StandIns,
): string | undefined {
  // An eval could name what is imported.
  if (EVAL.test(source) || source.includes(IMPORTING)) return undefined;
  const program = parseFile(path, source);
  if (program === undefined) return undefined;
  let values: readonly SyntaxNode[] | undefined;
  const edits = nodesIn(program, "body").flatMap((node): Edit[] => {
    const from = builtinOf(node);
    const names = importedNames(node);
    if (from === undefined || names === undefined) return [];
    const known: ReadonlySet<string> = new Set([...exportedNames(from.builtin), "default", "*"]);
    if (!names.every((name) => known.has(name))) {
      // A type, which is gone when the code runs; or a name that isn't there, which is an error that must stay one.
      values ??= nodesIn(parseFile("values.js", javascript()), "body");
      const left = values.filter((one) => nodeIn(one, "source")?.["value"] === from.specifier);
      if (!left.flatMap((one) => importedNames(one) ?? []).every((name) => known.has(name))) return [];
    }
    const { start, end } = from.source;
    const withDefault = names.includes("default") || names.includes("*");
    return [{ start: start + 1, end: end - 1, text: standIn(from.builtin, withDefault) }];
  });
  const late = importedLater(program, source);
  if (late.length > 0) {
    const text = `import { importing as ${IMPORTING} } from ${JSON.stringify(helper)}; `;
    const [first = program] = nodesIn(program, "body");
    edits.push({ start: first.start, end: first.start, text }, ...late);
  }
  return edits.length === 0 ? undefined : applyEdits(source, edits);
}

interface ImportedBuiltin {
  readonly source: SyntaxNode;
  readonly specifier: string;
  readonly builtin: string;
}

function builtinOf(node: SyntaxNode): ImportedBuiltin | undefined {
  const source = nodeIn(node, "source");
  const specifier = source?.["value"];
  if (source === undefined || typeof specifier !== "string") return undefined;
  const builtin = deferrableBuiltin(specifier);
  return builtin === undefined ? undefined : { source, specifier, builtin };
}

/** What a declaration takes from the module it names, as values; `undefined` for one that takes nothing of its own. */
function importedNames(node: SyntaxNode): readonly string[] | undefined {
  if (node["importKind"] === "type" || node["exportKind"] === "type") return undefined;
  if (node.type === "ExportAllDeclaration") return node["exported"] === null ? undefined : ["*"];
  const field = { ImportDeclaration: "imported", ExportNamedDeclaration: "local" }[node.type];
  if (field === undefined) return undefined;
  const names = nodesIn(node, "specifiers").flatMap((specifier) => {
    if (specifier["importKind"] === "type" || specifier["exportKind"] === "type") return [];
    if (specifier.type === "ImportDefaultSpecifier") return ["default"];
    if (specifier.type === "ImportNamespaceSpecifier") return ["*"];
    const name = nodeIn(specifier, field);
    return [String(name?.["name"] ?? name?.["value"])];
  });
  return names.length === 0 ? undefined : names;
}

/** `import("node:fs")`: whoever has it may replace members, which the names taken before must not see. */
function importedLater(program: SyntaxNode, source: string): readonly Edit[] {
  // CommonJS is looked at elsewhere, and this would make an ES module of it.
  const isModule = nodesIn(program, "body").some(({ type }) => /^(?:Import|Export\w+)Declaration$/.test(type));
  if (!isModule || !/\bimport\s*\(/.test(source)) return [];
  return [...walk(program)].flatMap(({ node }): readonly Edit[] => {
    const from = node.type === "ImportExpression" ? builtinOf(node) : undefined;
    if (from === undefined) return [];
    return [
      { start: node.start, end: node.start, text: `${IMPORTING}(${JSON.stringify(from.builtin)}, () => ` },
      { start: node.end, end: node.end, text: ")" },
    ];
  });
}
