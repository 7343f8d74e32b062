import type { Plugin } from "rolldown";
import { nodeIn, nodesIn, parseFile, type Placed, type SyntaxNode, usedName, walk } from "../../syntax.ts";
import { applyEdits, type Edit } from "../defer/edits.ts";

/** A part of a namespace, of which there can be several. */
interface Block {
  /** As it is named where it stands: `A.B` for one written so. */
  readonly name: string;
  readonly body: SyntaxNode;
  readonly exports: ReadonlyMap<string, "fixed" | "changing">;
}

/**
 * In a TypeScript namespace a name that it exports means the namespace's member: of another of its parts, or of a variable
 * that is given another value later. The bundler knows neither, so both are written out.
 */
export function namespaceNames(): Plugin {
  return {
    name: "mayfly-namespaces",
    transform: {
      filter: { id: /\.[cm]?tsx?$/, code: /\b(?:namespace|module)\s+[\w$.]+\s*\{/ },
      handler(code, id) {
        const program = parseFile(id, code);
        const edits = program === undefined ? [] : memberEdits(program);
        return edits.length === 0 ? undefined : { code: applyEdits(code, edits), map: null };
      },
    },
  };
}

function memberEdits(program: SyntaxNode): readonly Edit[] {
  const groups = new Map<SyntaxNode | undefined, Map<string, Block[]>>();
  for (const { node, ancestors } of walk(program)) {
    const block = node.type === "TSModuleDeclaration" && node["declare"] !== true ? readBlock(node) : undefined;
    if (block === undefined) continue;
    const around = ancestors.findLast(({ type }) => /^(?:Program|TSModuleBlock|BlockStatement)$/.test(type));
    const group = groups.get(around) ?? new Map<string, Block[]>();
    groups.set(around, group.set(block.name, [...(group.get(block.name) ?? []), block]));
  }
  return [...groups.values()].flatMap((group) => [...group.values()].flatMap(editsOfParts));
}

function readBlock(declaration: SyntaxNode): Block | undefined {
  const name = dottedName(nodeIn(declaration, "id"));
  const body = nodeIn(declaration, "body");
  if (name === undefined || body?.type !== "TSModuleBlock") return undefined;
  const exports = new Map<string, "fixed" | "changing">();
  for (const statement of nodesIn(body, "body")) {
    const declared = statement.type === "ExportNamedDeclaration" ? nodeIn(statement, "declaration") : undefined;
    if (declared === undefined || declared["declare"] === true || /^TS(?:Interface|TypeAlias)/.test(declared.type))
      continue;
    const own = dottedName(nodeIn(declared, "id"));
    if (own !== undefined) exports.set(own, "fixed");
    const kind = declared["kind"] === "const" ? "fixed" : "changing";
    for (const declarator of nodesIn(declared, "declarations")) {
      const pattern = nodeIn(declarator, "id");
      for (const one of walk(declarator))
        if (isBinding(one) && (one.ancestors[1] ?? one.node) === pattern) exports.set(String(one.node["name"]), kind);
    }
  }
  return { name, body, exports };
}

function dottedName(node: SyntaxNode | undefined): string | undefined {
  if (node?.type === "Identifier") return String(node["name"]);
  if (node?.type !== "TSQualifiedName") return undefined;
  const [left, right] = [dottedName(nodeIn(node, "left")), dottedName(nodeIn(node, "right"))];
  return left === undefined || right === undefined ? undefined : `${left}.${right}`;
}

function editsOfParts(parts: readonly Block[]): readonly Edit[] {
  return parts.flatMap((part) => {
    const members = new Set(
      parts.flatMap((one) =>
        [...one.exports].flatMap(([name, kind]) =>
          (one !== part ? !part.exports.has(name) : kind === "changing") ? name : [],
        ),
      ),
    );
    if (members.size === 0) return [];
    const nodes = [...walk(part.body)];
    const [outer = ""] = part.name.split(".");
    const others = nodes.filter((one) => isBinding(one) && !isExported(one, part.body));
    if (others.some(({ node }) => node["name"] === outer)) return [];
    const isHidden = (name: string, { ancestors }: Placed): boolean =>
      others.some((other) => other.node["name"] === name && ancestors.includes(scopeOf(other) ?? part.body));
    return nodes.flatMap((one) => {
      const name = usedName(one);
      if (name === undefined || !members.has(name) || isBinding(one) || !isValue(one) || isHidden(name, one)) return [];
      const isShort = one.ancestors.at(-1)?.["shorthand"] === true;
      return [{ start: one.node.start, end: one.node.end, text: `${isShort ? `${name}: ` : ""}${part.name}.${name}` }];
    });
  });
}

/** Whether an identifier declares a name. */
function isBinding({ node, ancestors }: Placed): boolean {
  if (node.type !== "Identifier") return false;
  const index = ancestors.findLastIndex(
    ({ type }) => !/^(?:(?:Object|Array|Assignment)Pattern|Property|RestElement)$/.test(type),
  );
  const holder = ancestors[index];
  const inside = ancestors[index + 1] ?? node;
  const parent = ancestors.at(-1);
  // A key, or a value that is taken where there is none.
  if (parent?.type === "Property" && parent["value"] !== node) return false;
  if (parent?.type === "AssignmentPattern" && parent["left"] !== node) return false;
  if (holder?.type === "VariableDeclarator") return holder["id"] === inside;
  if (holder?.type === "CatchClause") return holder["param"] === inside;
  if (/Function/.test(holder?.type ?? "")) return holder?.["body"] !== inside;
  return /^(?:Class(?:Declaration|Expression)|TSEnumDeclaration)$/.test(holder?.type ?? "") && holder?.["id"] === node;
}

/** What a declared name holds in. */
function scopeOf({ ancestors }: Placed): SyntaxNode | undefined {
  return ancestors.findLast(({ type }) => /Function|Statement$|^CatchClause$|^TSModuleBlock$/.test(type));
}

function isExported({ ancestors }: Placed, body: SyntaxNode): boolean {
  const index = ancestors.indexOf(body);
  if (ancestors[index + 1]?.type !== "ExportNamedDeclaration") return false;
  return !ancestors.slice(index + 1).some(({ type }) => /Function|^Class|^TSModule/.test(type));
}

/** Neither in a type nor a label. */
function isValue({ ancestors }: Placed): boolean {
  const parent = ancestors.at(-1)?.type ?? "";
  return (
    !/^(?:Labeled|Break|Continue)/.test(parent) &&
    !ancestors.some(({ type }) => /^TS(?:Type(?!Assertion)|Interface)/.test(type))
  );
}
