import { isNode, parseFile, type SyntaxNode } from "../../syntax.ts";

/** Whether a module's evaluation waits for something of its own, so that what comes beside it goes on meanwhile. */
export function hasTopLevelAwait(path: string, code: string): boolean {
  if (!/\bawait\b/.test(code)) return false;
  const program = parseFile(path, code);
  return program !== undefined && waits(program);
}

function waits(node: SyntaxNode): boolean {
  if (node.type === "AwaitExpression" || (node.type === "ForOfStatement" && node["await"] === true)) return true;
  if (node.type === "VariableDeclaration" && node["kind"] === "await using") return true;
  if (/Function/.test(node.type) || node.type === "StaticBlock") return false;
  return Object.entries(node).some(([field, value]) => {
    // It is evaluated for each instance.
    if (node.type === "PropertyDefinition" && field === "value") return false;
    return isNode(value) ? waits(value) : Array.isArray(value) && value.some((one) => isNode(one) && waits(one));
  });
}
