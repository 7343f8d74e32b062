import type { Plugin } from "rolldown";
import { sep } from "node:path";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { resolveAnswer } from "../package-place.ts";
import { declaredName, nodeIn, onlyText, parseFile, type Placed, type SyntaxNode, walk } from "../../syntax.ts";
import { ownSources } from "../../own-sources.ts";

/** Types and brackets around what they are said of. */
const AROUND = /^(?:Parenthesized|TSAs|TSSatisfies|TSNonNull|Chain)Expression$|^TSTypeAssertion$/;

/** Has `require.resolve("x")` tell where things are in the package rather than on the machine that builds. */
export function resolvedPlaces(root: string, external: readonly string[]): Plugin {
  const own = ownSources(root) + sep;
  return {
    name: "mayfly-resolved-places",
    transform: {
      filter: {
        id: /^[^\0].*\.[cm]?[jt]sx?$/,
        // In between there may be casts.
        code: /\brequire\b[^"'`;]*\.\s*resolve\s*(?:\?\.\s*)?\(/,
      },
      handler(code, id) {
        if (id.startsWith(own)) return undefined;
        const edits = resolveCalls(code, id).map(({ start, end, specifier }): Edit => {
          return { start, end, text: resolveAnswer(root, id, specifier, external) };
        });
        return edits.length === 0 ? undefined : { code: applyEdits(code, edits), map: null };
      },
    },
  };
}

interface ResolveCall {
  readonly start: number;
  readonly end: number;
  readonly specifier: string;
}

/** Calls `require.resolve("x")` of the module's own `require`. */
function resolveCalls(code: string, path: string): readonly ResolveCall[] {
  const program = parseFile(path, code);
  if (program === undefined) return [];
  const nodes = [...walk(program)];
  const declaring = nodes.filter((one) => declaredName(one) === "require").map(scopeOf);
  return nodes.flatMap(({ node, ancestors }) => {
    const specifier = node.type === "CallExpression" && isResolve(nodeIn(node, "callee")) ? onlyText(node) : undefined;
    const isOther = declaring.some((scope) => scope === undefined || ancestors.includes(scope));
    return specifier === undefined || isOther ? [] : [{ start: node.start, end: node.end, specifier }];
  });
}

/** The function in which a name means what is declared there; `undefined` for the module. */
function scopeOf({ node, ancestors }: Placed): SyntaxNode | undefined {
  const around = ancestors.at(-1)?.["id"] === node ? ancestors.slice(0, -1) : ancestors;
  return around.findLast(({ type }) => /Function/.test(type));
}

function isResolve(callee: SyntaxNode | undefined): boolean {
  const member = bare(callee);
  if (member?.type !== "MemberExpression" || member["computed"] === true) return false;
  return nodeIn(member, "property")?.["name"] === "resolve" && bare(nodeIn(member, "object"))?.["name"] === "require";
}

function bare(node: SyntaxNode | undefined): SyntaxNode | undefined {
  return node !== undefined && AROUND.test(node.type) ? bare(nodeIn(node, "expression")) : node;
}
