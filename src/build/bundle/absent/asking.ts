import { nodeIn, nodesIn, parseFile, type Placed, type SyntaxNode, walk, writtenText } from "../../syntax.ts";
import { runsWhileLoading } from "./run-while-loading.ts";

/**
 * How a module asks for another: while it is loaded; where a failure is caught; or in a function, which may never be called.
 */
export type Asking = "loading" | "tried" | "later";

/** Tells how a module's text asks for a specifier; of several ways the one that comes first in `Asking`. */
export function askingIn(path: string, code: string): (specifier: string) => Asking | undefined {
  const program = parseFile(path, code);
  const nodes = program === undefined ? [] : walk(program);
  const isRun = runsWhileLoading(nodes);
  const required = nodes.filter(({ node }) => isImport(node) || isCallOf(node, /^require$/));
  // What `createRequire` gave has any name.
  const others = nodes.filter(({ node }) => isCallOf(node, /./));
  return (specifier) => {
    const asked = [required, others]
      .map((among) => among.filter(({ node }) => asksFor(node, specifier)))
      .find(({ length }) => length > 0);
    if (asked === undefined) return undefined;
    const ways = asked.map((one) => wayOf(one, isRun));
    return (["loading", "later"] as const).find((way) => ways.includes(way)) ?? "tried";
  };
}

function wayOf(one: Placed, isRun: (one: Placed) => boolean): Asking {
  if (isCaught(one)) return "tried";
  return isRun(one) ? "loading" : "later";
}

function isImport({ type }: SyntaxNode): boolean {
  return type === "ImportExpression" || /^(?:Import|Export\w+)Declaration$/.test(type);
}

function isCallOf(node: SyntaxNode, name: RegExp): boolean {
  const called = node.type === "CallExpression" ? nodeIn(node, "callee")?.["name"] : undefined;
  return typeof called === "string" && name.test(called);
}

function asksFor(node: SyntaxNode, specifier: string): boolean {
  const asked = isImport(node) ? nodeIn(node, "source") : nodesIn(node, "arguments")[0];
  return asked !== undefined && writtenText(asked) === specifier;
}

function isCaught({ node, ancestors }: Placed): boolean {
  const inside = [...ancestors, node];
  return inside.some((one, index) => {
    const next = inside[index + 1];
    if (one.type === "TryStatement") return one["block"] === next && nodeIn(one, "handler") !== undefined;
    const method = one.type === "MemberExpression" ? nodeIn(one, "property")?.["name"] : undefined;
    return method === "catch" && node.type === "ImportExpression" && one["object"] === next;
  });
}
