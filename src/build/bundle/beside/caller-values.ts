import { nodeIn, nodesIn, type Placed, type SyntaxNode } from "../../syntax.ts";
import { identifier, isName } from "./bindings.ts";
import { evaluatePath, HOLE, type PathValue, type Places } from "./path-values.ts";

/** What an expression in a function comes to with what the module's calls give to its parameters. */
export interface CallerValues {
  readonly values: readonly PathValue[];
  /** Whether these are all that it can be. */
  readonly complete: boolean;
}

/**
 * Follows a function's parameters one call back: `const read = (name) => readFile(join(__dirname, name))`. Functions go by
 * their names; one that is exported, or given to others, is called by whoever.
 * @param nodes all of the module
 */
export function valuesByCallers(
  { node, ancestors }: Placed,
  nodes: readonly Placed[],
  places: Places,
): CallerValues | undefined {
  const at = ancestors.findLastIndex(({ type }) => /Function/.test(type));
  const named = ancestors[at];
  const name = named === undefined ? undefined : nameOf(named, ancestors[at - 1]);
  if (named === undefined || name === undefined) return undefined;
  const params = nodesIn(named, "params").map(identifier);
  const mentions = nodes.filter((one) => identifier(one.node) === name && !isDeclared(one, named));
  const calls = mentions.flatMap((one) => callOf(one) ?? []);
  if (calls.length === 0) return undefined;
  const values = calls.map((call) => {
    const args = nodesIn(call, "arguments");
    const given = new Map(params.flatMap((param, index) => (param === undefined ? [] : [[param, args[index]]])));
    return evaluatePath(node, { ...places, known: new Map(), bindings: withGiven(places, named, given) });
  });
  const known = values.filter((one) => one !== undefined && !one.text.includes(HOLE));
  const isExported = ancestors.slice(Math.max(0, at - 3), at).some(({ type }) => type.startsWith("Export"));
  const isWhole = known.length === calls.length && calls.length === mentions.length;
  return { values: known.filter((one) => one !== undefined), complete: isWhole && !isExported };
}

function nameOf(named: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
  if (named.type === "FunctionDeclaration") return identifier(nodeIn(named, "id"));
  return parent?.type === "VariableDeclarator" ? identifier(nodeIn(parent, "id")) : undefined;
}

function isDeclared({ node, ancestors }: Placed, named: SyntaxNode): boolean {
  const parent = ancestors.at(-1);
  return parent === named || parent === undefined || isName(node, parent);
}

function callOf({ node, ancestors }: Placed): SyntaxNode | undefined {
  const parent = ancestors.at(-1);
  return parent?.type === "CallExpression" && parent["callee"] === node ? parent : undefined;
}

function withGiven(
  { bindings }: Places,
  named: SyntaxNode,
  given: ReadonlyMap<string, SyntaxNode | undefined>,
): Places["bindings"] {
  return {
    valueOf(name, at) {
      const value = bindings.valueOf(name, at);
      const isInside = named.start <= at.start && at.end <= named.end;
      return value === "unknown" && isInside ? (given.get(name) ?? value) : value;
    },
  };
}
