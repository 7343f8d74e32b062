import { parseAst } from "rolldown/parseAst";
import { extname } from "node:path";
import { readField } from "../support/read-field.ts";

/** A node of a syntax tree, as far as it is looked at here. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** A node and those that it lies in, the outermost first. */
export interface Placed {
  readonly node: SyntaxNode;
  readonly ancestors: readonly SyntaxNode[];
}

const LANGUAGES: Readonly<Record<string, "ts" | "tsx">> = { ".ts": "ts", ".mts": "ts", ".cts": "ts", ".tsx": "tsx" };

/** How the bundler reads a file with such a name. */
export function languageOf(path: string): "ts" | "tsx" | "jsx" {
  return LANGUAGES[extname(path)] ?? "jsx";
}

/** The syntax tree of a file's text; `undefined` where it has none: whoever compiles it says why. */
export function parseFile(path: string, code: string): SyntaxNode | undefined {
  for (const sourceType of ["module", "commonjs"] as const) {
    try {
      const program: unknown = parseAst(code, { lang: languageOf(path), sourceType });
      return isNode(program) ? program : undefined;
    } catch {
      // Not of this kind: CommonJS may return early, and be sloppy.
    }
  }
  return undefined;
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** A field of a node, if it holds a node. */
export function nodeIn(node: SyntaxNode | undefined, field: string): SyntaxNode | undefined {
  const value = node?.[field];
  return isNode(value) ? value : undefined;
}

/** A field of a node, if it holds nodes. */
export function nodesIn(node: SyntaxNode | undefined, field: string): readonly SyntaxNode[] {
  const value = node?.[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** All nodes of a tree, each after those that it lies in. */
export function walk(tree: SyntaxNode): readonly Placed[] {
  const all: Placed[] = [];
  // No generator: each of its values would pass through as many of them as the node is deep.
  const visit = (node: SyntaxNode, ancestors: readonly SyntaxNode[]): void => {
    all.push({ node, ancestors });
    let inside: readonly SyntaxNode[] | undefined;
    for (const value of Object.values(node)) {
      if (isNode(value)) visit(value, (inside ??= [...ancestors, node]));
      else if (Array.isArray(value)) {
        for (const one of value) if (isNode(one)) visit(one, (inside ??= [...ancestors, node]));
      }
    }
  };
  visit(tree, []);
  return all;
}

/** The name that an identifier says, where it stands for a value and isn't only the key of one. */
export function usedName({ node, ancestors }: Placed): string | undefined {
  if (node.type !== "Identifier" || typeof node["name"] !== "string") return undefined;
  const parent = ancestors.at(-1);
  if (parent?.type === "MemberExpression" && parent["property"] === node && parent["computed"] !== true)
    return undefined;
  const isKey = /^(?:Property|PropertyDefinition|MethodDefinition|AccessorProperty)$/.test(parent?.type ?? "");
  if (isKey && parent?.["key"] === node && parent["computed"] !== true && parent["shorthand"] !== true)
    return undefined;
  return node["name"];
}

/** The name that an identifier declares, or is given a value by. */
export function declaredName({ node, ancestors }: Placed): string | undefined {
  if (node.type !== "Identifier" || typeof node["name"] !== "string") return undefined;
  const parent = ancestors.at(-1);
  const isDeclared =
    (parent?.type === "VariableDeclarator" && parent["id"] === node) ||
    (parent?.type === "AssignmentExpression" && parent["left"] === node) ||
    (/Function/.test(parent?.type ?? "") && parent?.["body"] !== node) ||
    /^Import.*Specifier$/.test(parent?.type ?? "") ||
    ancestors.some(({ type }) => type === "ObjectPattern" || type === "ArrayPattern");
  return isDeclared ? node["name"] : undefined;
}

/** The text that a call is given as its only argument: `x` of `require("x")`. */
export function onlyText(call: SyntaxNode): string | undefined {
  const [argument, ...more] = nodesIn(call, "arguments");
  return argument === undefined || more.length > 0 ? undefined : writtenText(argument);
}

/** The text that an expression is, as it is written. */
export function writtenText(expression: SyntaxNode): string | undefined {
  const [text, ...others] = expression.type === "TemplateLiteral" ? nodesIn(expression, "quasis") : [expression];
  if (text === undefined || others.length > 0) return undefined;
  const value = text.type === "TemplateElement" ? readField(text["value"], "cooked") : text["value"];
  return typeof value === "string" ? value : undefined;
}
