import type { Plugin } from "rolldown";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { nodeIn, parseFile, type SyntaxNode, walk } from "../../syntax.ts";

/**
 * Tells modules whether they are the program, as they ask with `require.main === module` and `import.meta.main`: in a
 * bundle the file that runs is none of them, or all.
 * @param script absolute path of the module that is; `undefined` if none is
 */
export function mainModule(script: string | undefined): Plugin {
  return {
    name: "mayfly-main",
    transform: {
      filter: { id: /^[^\0].*\.[cm]?[jt]sx?$/, code: /\brequire\.main\b|\bimport\.meta\.main\b/ },
      handler(code, id) {
        const program = parseFile(id, code);
        if (program === undefined) return undefined;
        const edits = [...walk(program)].flatMap(({ node }) => answer(node, id === script) ?? []);
        return edits.length === 0 ? undefined : { code: applyEdits(code, edits), map: null };
      },
    },
  };
}

function answer(node: SyntaxNode, isMain: boolean): Edit | undefined {
  if (isMember(node, "main") && nodeIn(node, "object")?.type === "MetaProperty") return edit(node, isMain);
  const sides = node.type === "BinaryExpression" ? [nodeIn(node, "left"), nodeIn(node, "right")] : [];
  const operator = /^([!=])==?$/.exec(String(node["operator"]))?.[1];
  if (operator === undefined || !sides.some(isRequireMain) || !sides.some(isModule)) return undefined;
  return edit(node, (operator === "=") === isMain);
}

function isRequireMain(node: SyntaxNode | undefined): boolean {
  return node !== undefined && isMember(node, "main") && nodeIn(node, "object")?.["name"] === "require";
}

function isModule(node: SyntaxNode | undefined): boolean {
  return node?.type === "Identifier" && node["name"] === "module";
}

function isMember(node: SyntaxNode, name: string): boolean {
  return node.type === "MemberExpression" && node["computed"] !== true && nodeIn(node, "property")?.["name"] === name;
}

function edit({ start, end }: SyntaxNode, value: boolean): Edit {
  return { start, end, text: String(value) };
}
