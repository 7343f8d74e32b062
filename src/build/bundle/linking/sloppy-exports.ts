import type { AnyNode, Program } from "acorn";
import type { ModuleReferences } from "../defer/references.ts";

/**
 * What a module exports, in strict code and without all else, for a reader that only looks which exports are functions:
 * the bundler takes no code that isn't strict.
 */
export function onlyExports(_code: string, program: Program, { bindings }: ModuleReferences): string {
  const valueOf = (node: AnyNode): string => {
    if (/^(?:Arrow)?FunctionExpression$/.test(node.type)) return "function () {}";
    if (node.type === "AssignmentExpression") return valueOf(node.right);
    if (node.type === "Identifier") {
      const declarations = bindings.get(node.name)?.declarations ?? [];
      return declarations.some(({ type }) => type === "FunctionDeclaration") ? "function () {}" : "unknown()";
    }
    if (node.type !== "ObjectExpression") return "unknown()";
    const fields = node.properties.flatMap((one) =>
      one.type === "Property" && !one.computed && one.key.type === "Identifier"
        ? [`${one.key.name}: ${valueOf(one.value)}`]
        : [],
    );
    return `{ ${fields.join(", ")} }`;
  };
  return program.body
    .flatMap((node) => {
      if (node.type !== "ExpressionStatement" || node.expression.type !== "AssignmentExpression") return [];
      const target = exportsTarget(node.expression.left);
      return target === undefined ? [] : [`${target} = ${valueOf(node.expression.right)};\n`];
    })
    .join("");
}

/** `exports`, `exports.x`, `module.exports`, `module.exports.x` */
function exportsTarget(node: AnyNode): string | undefined {
  if (node.type !== "MemberExpression" || node.computed || node.property.type !== "Identifier") return undefined;
  const { name } = node.property;
  if (node.object.type === "Identifier") {
    const isExports = node.object.name === "exports" || (node.object.name === "module" && name === "exports");
    return isExports ? `${node.object.name}.${name}` : undefined;
  }
  const holder = exportsTarget(node.object);
  return holder === "module.exports" ? `${holder}.${name}` : undefined;
}
