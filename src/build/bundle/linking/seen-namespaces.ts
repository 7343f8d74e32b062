import { nodeIn, nodesIn, type SyntaxNode, usedName, walk } from "../../syntax.ts";

/**
 * The import and export declarations of a module whose namespace it gives away, or lists the names of: with `ns.name` alone
 * nobody can tell which names it has.
 */
export function seenNamespaces(program: SyntaxNode): ReadonlySet<SyntaxNode> {
  const seen = new Set<SyntaxNode>();
  const imported = new Map<string, SyntaxNode>();
  for (const statement of nodesIn(program, "body")) {
    if (statement.type === "ExportAllDeclaration" && nodeIn(statement, "exported") !== undefined) seen.add(statement);
    if (statement.type !== "ImportDeclaration") continue;
    const namespace = nodesIn(statement, "specifiers").find(({ type }) => type === "ImportNamespaceSpecifier");
    const name = nodeIn(namespace, "local")?.["name"];
    if (typeof name === "string") imported.set(name, statement);
  }
  if (imported.size === 0) return seen;
  for (const place of walk(program)) {
    const statement = imported.get(usedName(place) ?? "");
    const parent = place.ancestors.at(-1);
    if (statement === undefined || parent?.type === "ImportNamespaceSpecifier") continue;
    const isMember = parent?.type === "MemberExpression" && parent["object"] === place.node && !parent["computed"];
    if (!isMember) seen.add(statement);
  }
  return seen;
}
