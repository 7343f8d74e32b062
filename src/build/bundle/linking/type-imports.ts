import type { Plugin } from "rolldown";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { readField } from "../../../support/read-field.ts";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { nodeIn, nodesIn, parseFile, type SyntaxNode, walk } from "../../syntax.ts";

/** What stands for a type in the metadata of decorators: its text if it has a value of its own, such as `string`. */
interface TypeImport {
  readonly text: string | undefined;
}

/** By the file that imports them, and by name. */
export type TypeImports = ReadonlyMap<string, ReadonlyMap<string, TypeImport>>;

/** Types whose metadata is more than `Object`. */
const TELLING = /^TS(?:String|Number|Boolean|BigInt|Symbol)Keyword$|^TSArrayType$/;

/**
 * Imports without `type` of what is only a type, which the bundler keeps because a decorated signature names them: all
 * that a failed run missed, or `undefined` if anything else was wrong.
 */
export function typeImports(thrown: unknown): TypeImports | undefined {
  const errors = readField(thrown, "errors");
  const all: readonly unknown[] = Array.isArray(errors) ? errors : [];
  const found = new Map<string, Map<string, TypeImport>>();
  for (const error of all) {
    const [file, exporter, message] = ["id", "exporter", "message"].map((name) => readField(error, name));
    const [, name] = /^\[MISSING_EXPORT\] "([^"]+)"/.exec(String(message)) ?? [];
    if (typeof file !== "string" || typeof exporter !== "string" || name === undefined) return undefined;
    const type = declaredType(exporter, name, new Set());
    if (type === undefined) return undefined;
    found.set(file, (found.get(file) ?? new Map<string, TypeImport>()).set(name, type));
  }
  return found.size === 0 ? undefined : found;
}

/** Says of such imports that they are of types, and writes the type itself where its metadata is more than `Object`. */
export function markTypes(imports: TypeImports): Plugin {
  return {
    name: "mayfly-types",
    transform: {
      order: "pre",
      filter: { id: /\.[cm]?tsx?$/ },
      handler(code, id) {
        const names = imports.get(id);
        const program = names === undefined ? undefined : parseFile(id, code);
        if (names === undefined || program === undefined) return undefined;
        return { code: applyEdits(code, editsOf(program, names)), map: null };
      },
    },
  };
}

function editsOf(program: SyntaxNode, names: ReadonlyMap<string, TypeImport>): readonly Edit[] {
  const texts = new Map<unknown, string>();
  const edits: Edit[] = [];
  for (const { node } of walk(program)) {
    if (node.type === "ImportSpecifier" && node["importKind"] !== "type") {
      const type = names.get(String(nodeIn(node, "imported")?.["name"]));
      if (type === undefined) continue;
      edits.push({ start: node.start, end: node.start, text: "type " });
      if (type.text !== undefined) texts.set(nodeIn(node, "local")?.["name"], type.text);
    } else if (node.type === "TSTypeReference" && nodeIn(node, "typeArguments") === undefined) {
      const text = texts.get(nodeIn(node, "typeName")?.["name"]);
      if (text !== undefined) edits.push({ start: node.start, end: node.end, text });
    }
  }
  return edits;
}

/** Follows what a file passes on. */
function declaredType(file: string, name: string, seen: Set<string>): TypeImport | undefined {
  if (seen.has(file) || !/\.[cm]?tsx?$/.test(file)) return undefined;
  seen.add(file);
  const code = readFileSync(file, "utf8");
  const body = nodesIn(parseFile(file, code), "body");
  for (const statement of body) {
    const declaration = statement.type === "ExportNamedDeclaration" ? nodeIn(statement, "declaration") : statement;
    if (nodeIn(declaration, "id")?.["name"] !== name) continue;
    if (declaration?.type === "TSInterfaceDeclaration") return { text: undefined };
    if (declaration?.type !== "TSTypeAliasDeclaration") continue;
    const type = nodeIn(declaration, "typeAnnotation");
    return { text: type !== undefined && TELLING.test(type.type) ? code.slice(type.start, type.end) : undefined };
  }
  for (const statement of body) {
    const source = nodeIn(statement, "source")?.["value"];
    if (typeof source !== "string" || !source.startsWith(".")) continue;
    const passed =
      statement.type === "ExportAllDeclaration"
        ? name
        : nodesIn(statement, "specifiers")
            .filter((one) => (nodeIn(one, "exported") ?? nodeIn(one, "local"))?.["name"] === name)
            .map((one) => nodeIn(one, statement.type === "ImportDeclaration" ? "imported" : "local")?.["name"])[0];
    if (typeof passed !== "string") continue;
    const found = declaredType(Bun.resolveSync(source, dirname(file)), passed, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}
