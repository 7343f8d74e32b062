import { nodeIn, nodesIn, type Placed, type SyntaxNode } from "../../syntax.ts";

/** A name in the part of the code where it is known, and what it is given. */
interface Binding {
  readonly scope: SyntaxNode;
  /** `undefined` for what no expression tells, such as a parameter. */
  readonly given: (SyntaxNode | undefined)[];
}

/** What the names of a module are given. */
export interface Bindings {
  /** The one expression that a name is given where it stands; `"unknown"` if that can't be told, `undefined` if nobody declares it. */
  readonly valueOf: (name: string, at: SyntaxNode) => SyntaxNode | "unknown" | undefined;
}

const SCOPE = /Function|^(?:BlockStatement|Program|StaticBlock|For\w*Statement|CatchClause)$/;

export function readBindings(nodes: readonly Placed[]): Bindings {
  const names = new Map<string, Binding[]>();
  const find = (name: string, { start }: SyntaxNode): Binding | undefined =>
    names.get(name)?.findLast(({ scope }) => scope.start <= start && start < scope.end);
  const declare = ({ name, scope, given }: Declared): void => {
    const all = names.get(name) ?? [];
    names.set(name, all);
    const known = all.find((one) => one.scope === scope);
    if (known === undefined) all.push({ scope, given: [...given] });
    else known.given.push(...given);
  };
  for (const { node, ancestors } of nodes) for (const one of declared(node, ancestors)) declare(one);
  for (const { node } of nodes) {
    const left = node.type === "AssignmentExpression" ? nodeIn(node, "left") : undefined;
    const name = left === undefined ? undefined : identifier(left);
    if (name === undefined) continue;
    find(name, node)?.given.push(node["operator"] === "=" ? nodeIn(node, "right") : undefined);
  }
  return {
    valueOf(name, at) {
      const binding = find(name, at);
      if (binding === undefined) return undefined;
      const [value, ...more] = binding.given;
      return more.length > 0 || value === undefined ? "unknown" : value;
    },
  };
}

interface Declared {
  readonly name: string;
  readonly scope: SyntaxNode;
  readonly given: readonly (SyntaxNode | undefined)[];
}

const UNKNOWN = [undefined];

function declared(node: SyntaxNode, ancestors: readonly SyntaxNode[]): readonly Declared[] {
  const scope = ancestors.findLast(({ type }) => SCOPE.test(type)) ?? node;
  const unknown = (names: readonly string[], where: SyntaxNode): readonly Declared[] =>
    names.map((name) => ({ name, scope: where, given: UNKNOWN }));
  if (node.type === "VariableDeclarator") {
    const [id, init] = [nodeIn(node, "id"), nodeIn(node, "init")];
    const name = identifier(id);
    if (name === undefined) return unknown(patternNames(id), scope);
    // Without a value it is given one later, or for each turn of a loop.
    const isTurn = /^For(?:In|Of)Statement$/.test(ancestors.at(-2)?.type ?? "");
    return [{ name, scope, given: init !== undefined ? [init] : isTurn ? UNKNOWN : [] }];
  }
  if (/^Import\w*Specifier$/.test(node.type)) return unknown(patternNames(nodeIn(node, "local")), scope);
  if (!/Function/.test(node.type)) return [];
  const own = node.type === "FunctionDeclaration" ? patternNames(nodeIn(node, "id")) : [];
  return [...unknown(own, scope), ...unknown(nodesIn(node, "params").flatMap(patternNames), node)];
}

function patternNames(pattern: SyntaxNode | undefined): readonly string[] {
  switch (pattern?.type ?? "none") {
    case "Identifier":
      return [identifier(pattern) ?? ""];
    case "ObjectPattern":
      return nodesIn(pattern, "properties").flatMap((one) =>
        patternNames(nodeIn(one, "value") ?? nodeIn(one, "argument")),
      );
    case "ArrayPattern":
      return nodesIn(pattern, "elements").flatMap(patternNames);
    case "AssignmentPattern":
      return patternNames(nodeIn(pattern, "left"));
    case "RestElement":
      return patternNames(nodeIn(pattern, "argument"));
    default:
      return [];
  }
}

export function identifier(node: SyntaxNode | undefined): string | undefined {
  return node?.type === "Identifier" && typeof node["name"] === "string" ? node["name"] : undefined;
}

/** Whether an identifier is the name of something rather than a value. */
export function isName(node: SyntaxNode, parent: SyntaxNode): boolean {
  if (parent.type === "VariableDeclarator" && parent["id"] === node) return true;
  if (parent.type === "AssignmentExpression" && parent["left"] === node) return true;
  const isKey = parent["property"] === node || (parent["key"] === node && parent["shorthand"] !== true);
  return isKey && parent["computed"] !== true;
}
