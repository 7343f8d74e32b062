import { dirname, extname } from "node:path";
import { nodeIn, nodesIn, parseFile, type SyntaxNode, walk, writtenText } from "../../syntax.ts";
import type { Edit } from "../defer/edits.ts";
import { codeLoader, toJavaScript } from "../defer/javascript.ts";
import type { View } from "./commonjs-views.ts";
import { PackageTypes } from "./package-type.ts";
import { seenNamespaces } from "./seen-namespaces.ts";

/** A file that a module imports and that the bundler wraps in a function. */
export interface ImportedFile {
  readonly file: string;
  /** The names that Node.js finds in it; `undefined` for an ES module. */
  readonly names: readonly string[] | undefined;
}

/**
 * Leads an ES module's imports of CommonJS to where they mean what they mean in Node.js. No line moves.
 * @param imported by what the module calls them
 * @param inOrder whether the bundler evaluates what the module imports at another time than in its turn
 * @param viewOf what to import a view of a file by, as it is written in code
 */
export function leadImports(
  code: string,
  id: string,
  imported: ReadonlyMap<string, ImportedFile>,
  inOrder: boolean,
  viewOf: (view: View, file: string) => string,
): readonly Edit[] {
  const program = parseFile(id, code);
  const kept = keptImports(code, id);
  if (program === undefined || kept === undefined) return [];
  const found = (source: SyntaxNode | undefined): ImportedFile | undefined =>
    source === undefined ? undefined : imported.get(writtenText(source) ?? "");
  const isModule = isEsModule(id);
  const own = namesDeclared(program);
  const seen = seenNamespaces(program);
  const edits: Edit[] = [];
  for (const statement of nodesIn(program, "body")) {
    const source = nodeIn(statement, "source");
    const target = found(source);
    if (source === undefined || target === undefined || !kept.has(writtenText(source) ?? "")) continue;
    if (statement["importKind"] === "type" || statement["exportKind"] === "type") continue;
    // What is imported as text, or as a file, isn't evaluated.
    if (nodesIn(statement, "attributes").length > 0) continue;
    const { file, names } = target;
    const { start, end } = statement;
    if (inOrder) edits.push({ start, end: start, text: `import ${viewOf("evaluated", file)}; ` });
    if (names === undefined) continue;
    const isStar = statement.type === "ExportAllDeclaration" && nodeIn(statement, "exported") === undefined;
    if (isModule) {
      const view = isStar ? "names" : seen.has(statement) ? "namespace" : undefined;
      if (view !== undefined) edits.push({ start: source.start, end: source.end, text: viewOf(view, file) });
    } else if (isStar) {
      // What it has besides when it runs is passed on too, as from TypeScript that was compiled to CommonJS.
      const more = names.filter((name) => !own.has(name));
      for (const name of more) own.add(name);
      const list = more.map((name) => JSON.stringify(name)).join(", ");
      edits.push({ start: end, end, text: `; export { ${list} } from ${JSON.stringify(file)};` });
    } else if (takesDefault(statement)) {
      edits.push({ start: source.start, end: source.end, text: viewOf("again", file) });
    }
  }
  return edits;
}

/** Whether it is seen what a statement takes for `default`. */
function takesDefault(statement: SyntaxNode): boolean {
  return (
    statement.type === "ExportAllDeclaration" ||
    nodesIn(statement, "specifiers").some(
      (one) =>
        /^Import(?:Default|Namespace)Specifier$/.test(one.type) ||
        nodeIn(one, statement.type === "ImportDeclaration" ? "imported" : "local")?.["name"] === "default",
    )
  );
}

/** The names that a module says that it exports. */
export function namesDeclared(program: SyntaxNode): Set<string> {
  const names = new Set<string>();
  const add = (node: SyntaxNode | undefined): void => {
    const name = node?.["name"] ?? node?.["value"];
    if (typeof name === "string") names.add(name);
  };
  for (const statement of nodesIn(program, "body")) {
    add(nodeIn(statement, "exported"));
    for (const one of nodesIn(statement, "specifiers")) add(nodeIn(one, "exported"));
    const declared = statement.type === "ExportNamedDeclaration" ? nodeIn(statement, "declaration") : undefined;
    add(nodeIn(declared, "id"));
    // Too many do no harm: whatever a pattern names.
    for (const declarator of nodesIn(declared, "declarations")) {
      const pattern = nodeIn(declarator, "id");
      if (pattern !== undefined) for (const { node } of walk(pattern)) if (node.type === "Identifier") add(node);
    }
  }
  return names;
}

/** What a module still imports once its types are gone; `undefined` if that can't be told. */
function keptImports(code: string, id: string): ReadonlySet<string> | undefined {
  const loader = codeLoader(id);
  if (loader === undefined) return undefined;
  try {
    const program = parseFile("plain.js", /^tsx?$/.test(loader) ? toJavaScript(code, loader) : code);
    return new Set(nodesIn(program, "body").map((statement) => String(nodeIn(statement, "source")?.["value"])));
  } catch {
    // Newer syntax than that of the engine's reader, or a mistake: the bundler takes it as it is.
    return undefined;
  }
}

/** Whether Node.js takes a file for an ES module by its name or its package: for it, `default` is `module.exports`. */
export function isEsModule(file: string): boolean {
  const [, letter] = /^\.([cm])[jt]s$/.exec(extname(file)) ?? [];
  if (letter !== undefined) return letter === "m";
  return new PackageTypes().typeOf(dirname(file)) === "module";
}
