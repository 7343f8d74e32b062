import { isAbsolute } from "node:path";
import type { Plugin } from "rolldown";
import { lookUp } from "./look-up.ts";
import { nodeIn, nodesIn, parseFile, type SyntaxNode, walk } from "../../syntax.ts";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { type DeclaredType, declaredType, nameOf, TYPESCRIPT } from "./declared-type.ts";

const DECORATED = /(?:^|[(,])[ \t]*(?:export\s+(?:default\s+)?)?@[\w$]/m;
const HELPER = /decorateMetadata\.js$/;
const METADATA = "Reflect.metadata(k, v)";

/**
 * What TypeScript says of types in the metadata of decorators, by which ORMs choose columns and validators rules: an alias
 * is what it stands for, an enum a number or a text. The bundler sees one file, and writes `Object`, or the enum itself.
 */
export function decoratedTypes(): Plugin {
  return {
    name: "mayfly-decorated-types",
    transform: {
      order: "pre",
      filter: { id: [TYPESCRIPT, HELPER] },
      async handler(code, id) {
        if (HELPER.test(id)) return code.includes(METADATA) ? { code: helperSource(code) } : undefined;
        const program = DECORATED.test(code) ? parseFile(id, code) : undefined;
        if (program === undefined) return undefined;
        const resolve = async (specifier: string): Promise<string | undefined> => {
          const found = await lookUp(this, specifier, id, "import-statement");
          return found !== null && isAbsolute(found.id) ? found.id : undefined;
        };
        const edits = await typeEdits(program, code, id, resolve);
        return edits.length === 0 ? undefined : { code: applyEdits(code, edits), map: null };
      },
    },
  };
}

async function typeEdits(
  program: SyntaxNode,
  code: string,
  file: string,
  resolve: (specifier: string) => Promise<string | undefined>,
): Promise<readonly Edit[]> {
  const nodes = [...walk(program)];
  if (!nodes.some(({ node }) => node.type === "Decorator")) return [];
  const types = new Map<string, DeclaredType | undefined>();
  const edits: Edit[] = [];
  for (const { node, ancestors } of nodes) {
    edits.push(...restEdits(node), ...defaultEdits(node, code));
    const name = node.type === "TSTypeReference" ? nodeIn(node, "typeName")?.["name"] : undefined;
    const isWhole = ancestors.at(-1)?.type === "TSTypeAnnotation" && nodeIn(node, "typeArguments") === undefined;
    if (typeof name !== "string" || !isWhole) continue;
    if (!types.has(name)) types.set(name, await typeNamed(name, program, file, resolve));
    const text = types.get(name)?.text;
    if (text !== undefined) edits.push({ start: node.start, end: node.end, text });
  }
  return edits;
}

/** Of what a function takes besides, the metadata has the type of one: `...names: string[]` is a `String`. */
function restEdits(node: SyntaxNode): readonly Edit[] {
  const type = node.type === "RestElement" ? nodeIn(nodeIn(node, "typeAnnotation"), "typeAnnotation") : undefined;
  const element =
    type?.type === "TSArrayType" ? nodeIn(type, "elementType") : nodesIn(nodeIn(type, "typeArguments"), "params")[0];
  if (type === undefined || element === undefined) return [];
  return [
    { start: type.start, end: element.start, text: "" },
    { start: element.end, end: type.end, text: "" },
  ];
}

/** A decorated class without a name is called as TypeScript calls it. */
function defaultEdits(node: SyntaxNode, code: string): readonly Edit[] {
  const declared = node.type === "ExportDefaultDeclaration" ? nodeIn(node, "declaration") : undefined;
  const last = nodesIn(declared, "decorators").at(-1);
  if (declared?.type !== "ClassDeclaration" || nodeIn(declared, "id") !== undefined || last === undefined) return [];
  const next = ["typeParameters", "superClass", "body"].map((field) => nodeIn(declared, field)).find(Boolean);
  const keyword = code.slice(0, next?.start).lastIndexOf("class");
  const place = keyword < last.end ? undefined : keyword + "class".length;
  return place === undefined ? [] : [{ start: place, end: place, text: " default_1" }];
}

async function typeNamed(
  name: string,
  program: SyntaxNode,
  file: string,
  resolve: (specifier: string) => Promise<string | undefined>,
): Promise<DeclaredType | undefined> {
  for (const statement of nodesIn(program, "body")) {
    if (statement.type !== "ImportDeclaration") continue;
    const specifier = nodesIn(statement, "specifiers").find((one) => nameOf(one, "local") === name);
    if (specifier === undefined) continue;
    const from = await resolve(nameOf(statement, "source"));
    const imported = specifier.type === "ImportDefaultSpecifier" ? "default" : nameOf(specifier, "imported");
    return from === undefined ? undefined : declaredType(from, imported);
  }
  return declaredType(file, name);
}

/** The bundler's helper, with what TypeScript would have written of an enum. */
function helperSource(code: string): string {
  const written = `Reflect.metadata(k, Array.isArray(v) ? v.map(typeOfEnum) : typeOfEnum(v))`;
  return `${code.replace(METADATA, () => written)}
function typeOfEnum(value) {
  if (typeof value !== "object" || value === null) return value;
  const members = Object.keys(value).filter((key) => typeof value[value[key]] !== "number").map((key) => typeof value[key]);
  const [kind] = members;
  if (members.some((one) => one !== kind)) return Object;
  return kind === "string" ? String : kind === "number" ? Number : Object;
}
`;
}
