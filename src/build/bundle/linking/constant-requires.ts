import type { Plugin } from "rolldown";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { lookUp } from "./look-up.ts";
import { declaredName, nodeIn, nodesIn, parseFile, type SyntaxNode, walk } from "../../syntax.ts";

/** In front of what is said from the module's folder. */
const HERE = "\0";

/**
 * `require(__dirname + "/x")`, `require(path.join(__dirname, "x"))` and `require("./" + "x")` name what they require as surely
 * as one text does: so that is what is written, and the bundler finds it.
 */
export function constantRequires(): Plugin {
  return {
    name: "mayfly-constant-requires",
    transform: {
      filter: { id: /^[^\0].*\.[cm]?[jt]sx?$/, code: /\brequire\s*\(\s*(?!["'][^"']*["']\s*\))["'`_\w]/ },
      async handler(code, id) {
        const program = parseFile(id, code);
        if (program === undefined) return undefined;
        const nodes = [...walk(program)];
        // A module's own `require` may take other names.
        if (nodes.some((one) => /^(?:require|__dirname)$/.test(declaredName(one) ?? ""))) return undefined;
        const edits: Edit[] = [];
        for (const { node } of nodes) {
          const named = requiredName(node);
          if (named === undefined || (await lookUp(this, named.specifier, id, "require-call")) === null) continue;
          edits.push({ start: named.argument.start, end: named.argument.end, text: JSON.stringify(named.specifier) });
        }
        return edits.length === 0 ? undefined : { code: applyEdits(code, edits), map: null };
      },
    },
  };
}

function requiredName(node: SyntaxNode): { readonly argument: SyntaxNode; readonly specifier: string } | undefined {
  if (node.type !== "CallExpression" || nodeIn(node, "callee")?.["name"] !== "require") return undefined;
  const [argument, ...more] = nodesIn(node, "arguments");
  if (argument === undefined || argument.type === "Literal" || more.length > 0) return undefined;
  const text = constantText(argument);
  if (text === undefined || text === "") return undefined;
  if (!text.startsWith(HERE)) return { argument, specifier: text };
  const rest = text.slice(HERE.length);
  return rest === "" || rest.startsWith("/") ? { argument, specifier: `.${rest}` } : undefined;
}

/** What an expression comes to; with `HERE` in front where it begins with the module's folder. */
function constantText(node: SyntaxNode | undefined): string | undefined {
  if (node?.type === "Literal" && typeof node["value"] === "string") return node["value"];
  if (node?.type === "Identifier" && node["name"] === "__dirname") return HERE;
  if (node?.type === "BinaryExpression" && node["operator"] === "+") {
    const [left, right] = [constantText(nodeIn(node, "left")), constantText(nodeIn(node, "right"))];
    return left === undefined || right === undefined || right.includes(HERE) ? undefined : left + right;
  }
  return node?.type === "CallExpression" && isJoin(nodeIn(node, "callee"))
    ? joined(nodesIn(node, "arguments"))
    : undefined;
}

/** `path.join` and `path.resolve`, as they are called everywhere. */
function isJoin(callee: SyntaxNode | undefined): boolean {
  if (callee?.type !== "MemberExpression" || nodeIn(callee, "object")?.["name"] !== "path") return false;
  return /^(?:join|resolve)$/.test(String(nodeIn(callee, "property")?.["name"]));
}

function joined(parts: readonly SyntaxNode[]): string | undefined {
  const [first, ...rest] = parts.map((part) => constantText(part));
  if (first !== HERE || rest.some((part) => part === undefined || part.startsWith("/") || part.startsWith(HERE)))
    return undefined;
  return [HERE, ...rest].join("/");
}
