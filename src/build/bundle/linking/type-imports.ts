import type { Plugin } from "rolldown";
import { readFileSync } from "node:fs";
import { readField } from "../../../support/read-field.ts";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { type DeclaredType, declaredType, nameOf, TYPESCRIPT } from "./declared-type.ts";
import { nodeIn, nodesIn, parseFile, type SyntaxNode, usedName, walk } from "../../syntax.ts";

/** By the file that imports them, and by name. */
export type TypeImports = ReadonlyMap<string, ReadonlyMap<string, DeclaredType>>;

/**
 * Imports and exports without `type` of what is only a type, which the bundler keeps because a decorated signature names
 * them, or because they are passed on: all that a failed run missed, or `undefined` if anything else was wrong.
 */
export function typeImports(thrown: unknown): TypeImports | undefined {
  const errors = readField(thrown, "errors");
  const all: readonly unknown[] = Array.isArray(errors) ? errors : [];
  const found = new Map<string, Map<string, DeclaredType>>();
  for (const error of all) {
    const [file, exporter, message] = ["id", "exporter", "message"].map((name) => readField(error, name));
    const [, name] = /^\[MISSING_EXPORT\] "([^"]+)"/.exec(String(message)) ?? [];
    if (typeof file !== "string" || typeof exporter !== "string" || name === undefined) return undefined;
    const type = declaredType(exporter, name) ?? typeOfPackage(file, exporter, name);
    if (type === undefined) return undefined;
    found.set(file, (found.get(file) ?? new Map<string, DeclaredType>()).set(name, type));
  }
  return found.size === 0 ? undefined : found;
}

/** Says of such imports that they are of types, and writes the type itself where its metadata is more than `Object`. */
export function markTypes(imports: TypeImports): Plugin {
  return {
    name: "mayfly-types",
    transform: {
      order: "pre",
      filter: { id: TYPESCRIPT },
      handler(code, id) {
        const names = imports.get(id);
        const program = names === undefined ? undefined : parseFile(id, code);
        if (names === undefined || program === undefined) return undefined;
        return { code: applyEdits(code, editsOf(program, code, names)), map: null };
      },
    },
  };
}

function editsOf(program: SyntaxNode, code: string, names: ReadonlyMap<string, DeclaredType>): readonly Edit[] {
  const texts = new Map<unknown, string | undefined>();
  const edits: Edit[] = [];
  for (const { node, ancestors } of walk(program)) {
    // `import type`, `export type`: all of its names are.
    const isOfTypes = [node, ancestors.at(-1)].some(
      (one) => one?.["importKind"] === "type" || one?.["exportKind"] === "type",
    );
    if (isOfTypes) continue;
    const mark = { start: node.start, end: node.start, text: "type " };
    if (node.type === "ImportSpecifier") {
      const type = names.get(nameOf(node, "imported"));
      if (type === undefined) continue;
      edits.push(mark);
      texts.set(nameOf(node, "local"), type.text);
    } else if (node.type === "ImportDeclaration") {
      const whole = names.has("default") ? defaultEdit(node, code) : undefined;
      if (whole === undefined) continue;
      edits.push(whole.edit);
      texts.set(whole.local, names.get("default")?.text);
    } else if (node.type === "ExportSpecifier") {
      const local = nameOf(node, "local");
      if (nodeIn(ancestors.at(-1), "source") === undefined ? texts.has(local) : names.has(local)) edits.push(mark);
    } else if (node.type === "TSTypeReference" && nodeIn(node, "typeArguments") === undefined) {
      const text = texts.get(nodeIn(node, "typeName")?.["name"]);
      if (text !== undefined) edits.push({ start: node.start, end: node.end, text });
    }
  }
  return edits;
}

/** `import type Name from`: a declaration of its own in front, where other names are imported too. */
function defaultEdit(
  declaration: SyntaxNode,
  code: string,
): { readonly edit: Edit; readonly local: string } | undefined {
  const [first, second] = nodesIn(declaration, "specifiers");
  const source = nodeIn(declaration, "source");
  if (first?.type !== "ImportDefaultSpecifier" || source === undefined) return undefined;
  const local = nameOf(first, "local");
  const own = `import type ${local} from ${code.slice(source.start, source.end)};`;
  const comma = code.indexOf(",", first.end) + 1;
  const edit =
    second === undefined
      ? { start: declaration.start, end: declaration.end, text: own }
      : { start: declaration.start, end: comma, text: `${own} import ` };
  return { edit, local };
}

/** What a package's declarations say and its code doesn't have: a type, if nothing in the file uses it as a value. */
function typeOfPackage(file: string, exporter: string, name: string): DeclaredType | undefined {
  if (TYPESCRIPT.test(exporter) || !TYPESCRIPT.test(file)) return undefined;
  const nodes = [...walk(parseFile(file, readFileSync(file, "utf8")) ?? NOTHING)];
  const locals = new Set(
    nodes.flatMap(({ node }) => {
      const isImport = node.type === "ImportSpecifier" && nameOf(node, "imported") === name;
      return isImport || (name === "default" && node.type === "ImportDefaultSpecifier") ? nameOf(node, "local") : [];
    }),
  );
  const isUsed = nodes.some((one) => locals.has(usedName(one) ?? "") && !one.ancestors.some(isNoValue));
  return isUsed ? undefined : { text: undefined };
}

const NOTHING: SyntaxNode = { type: "Program", start: 0, end: 0 };

/** Annotations and declarations of types, and what passes names on; `as` and its kin have a value in them. */
function isNoValue({ type }: SyntaxNode): boolean {
  return /^(?:Import|Export)\w*Specifier$|^TS(?!As|Satisfies|NonNull|TypeAssertion|Instantiation|Enum|Module)/.test(
    type,
  );
}
