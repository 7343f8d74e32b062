import { nodeIn, nodesIn, type Placed, type SyntaxNode } from "../../syntax.ts";

/** What calls the function it is given at once. */
const CALLS_BACK = /^(?:map|forEach|filter|some|every|find|findIndex|flatMap|reduce|sort)$/;

/**
 * Whether a node is run while its module is loaded: it lies in no function, or in ones that are called there. Functions
 * go by their names, in whatever scope; what other modules call isn't seen.
 * @param nodes all of the module, as `walk` gives them
 */
export function runsWhileLoading(nodes: readonly Placed[]): (one: Placed) => boolean {
  const called = new Set<string>();
  const isRun = ({ node, ancestors }: Placed): boolean => {
    const inside = [...ancestors, node];
    return inside.every((one, index) => !isLater(one) || isCalled(inside.slice(0, index), one, called));
  };
  const calls = nodes.flatMap((one) => {
    const name = calledName(one.node);
    return name === undefined ? [] : [{ name, one }];
  });
  // What a called function calls is called too.
  for (let before = -1; before !== called.size;) {
    before = called.size;
    for (const { name, one } of calls) if (!called.has(name) && isRun(one)) called.add(name);
  }
  return isRun;
}

function isLater(node: SyntaxNode): boolean {
  return isFunction(node) || (node.type === "PropertyDefinition" && node["static"] !== true);
}

function isFunction({ type }: SyntaxNode): boolean {
  return /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(type);
}

function calledName(node: SyntaxNode): string | undefined {
  if (node.type !== "CallExpression" && node.type !== "NewExpression") return undefined;
  return nameOf(nodeIn(node, "callee"));
}

/** @param ancestors of the function, the outermost first */
function isCalled(ancestors: readonly SyntaxNode[], node: SyntaxNode, called: ReadonlySet<string>): boolean {
  const parent = ancestors.findLast(({ type }) => type !== "ParenthesizedExpression");
  if (parent === undefined) return false;
  const names = [nameOf(nodeIn(node, "id")), givenName(parent), constructorOf(ancestors, parent)];
  if (names.some((name) => name !== undefined && called.has(name))) return true;
  if (parent.type === "MemberExpression") return isCallOf(ancestors.at(-2), parent);
  if (parent.type !== "CallExpression" && parent.type !== "NewExpression") return false;
  const callee = bare(nodeIn(parent, "callee"));
  if (callee === node) return true;
  // A factory that is given to a function which is called at once; a promise's executor; `list.map(…)`.
  const method = callee?.type === "MemberExpression" ? nameOf(nodeIn(callee, "property")) : undefined;
  const isAtOnce = callee !== undefined && (isFunction(callee) || nameOf(callee) === "Promise");
  return nodesIn(parent, "arguments").some((one) => bare(one) === node) && (isAtOnce || CALLS_BACK.test(method ?? ""));
}

/** `(function () { … }).call(this)`. */
function isCallOf(call: SyntaxNode | undefined, member: SyntaxNode): boolean {
  const method = nameOf(nodeIn(member, "property"));
  return call?.type === "CallExpression" && nodeIn(call, "callee") === member && /^(?:call|apply)$/.test(method ?? "");
}

/** `x` of `x = function () { … }` and `const x = () => …`. */
function givenName(parent: SyntaxNode): string | undefined {
  if (parent.type === "VariableDeclarator") return nameOf(nodeIn(parent, "id"));
  return parent.type === "AssignmentExpression" ? nameOf(nodeIn(parent, "left")) : undefined;
}

/** The class whose constructor a function is. */
function constructorOf(ancestors: readonly SyntaxNode[], parent: SyntaxNode): string | undefined {
  if (parent.type !== "MethodDefinition" || parent["kind"] !== "constructor") return undefined;
  return nameOf(nodeIn(ancestors.at(-3), "id"));
}

function bare(node: SyntaxNode | undefined): SyntaxNode | undefined {
  return node?.type === "ParenthesizedExpression" ? bare(nodeIn(node, "expression")) : node;
}

function nameOf(node: SyntaxNode | undefined): string | undefined {
  return node?.type === "Identifier" && typeof node["name"] === "string" ? node["name"] : undefined;
}
