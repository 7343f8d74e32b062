import type { AnyNode, Program } from "acorn";
import { descendants, requiredSpecifier } from "../defer/deferrable.ts";
import { applyEdits, type Edit } from "../defer/edits.ts";
import type { ModuleReferences } from "../defer/references.ts";

/** What written calls go to: runtime/places/module-object.ts. */
export const COMMONJS = "mayfly:commonjs";

/** A module that evaluates the text. What it requires by name is there for the bundler to see. */
export function asText(code: string, program: Program, { free }: ModuleReferences): string {
  const required = new Set(
    (free.get("require") ?? []).flatMap(({ ancestors }) => {
      const call = ancestors.at(-1);
      return (call === undefined ? undefined : requiredSpecifier(call)) ?? [];
    }),
  );
  const imported = new Set<string>();
  const edits: Edit[] = [];
  for (const node of descendants(program)) {
    if (node.type === "ImportExpression") {
      edits.push({ start: node.start, end: node.start + "import".length, text: "$mayfly_import" });
      if (node.source.type === "Literal" && typeof node.source.value === "string") imported.add(node.source.value);
    } else if (isNodeEnv(node)) {
      edits.push({ start: node.start, end: node.end, text: '"production"' });
    }
  }
  const text = JSON.stringify(applyEdits(code.replace(/^#!/, "//"), edits));
  const loads = (call: string, names: ReadonlySet<string>): string =>
    [...names].map((name) => `${JSON.stringify(name)}: () => ${call}(${JSON.stringify(name)})`).join(", ");
  const load = `(specifier) => Object.hasOwn($mayfly_imports, specifier) ? $mayfly_imports[specifier]() : import(specifier)`;
  return [
    `const $mayfly = require(${JSON.stringify(COMMONJS)}), $mayfly_imports = { ${loads("import", imported)} };`,
    `const $mayfly_require = $mayfly.requireOf(__filename, require, { ${loads("require", required)} });`,
    `$mayfly.evaluateModule(module, __filename, ${text}, $mayfly_require, ${load});\n`,
  ].join(" ");
}

/** The bundler writes it as text elsewhere. */
function isNodeEnv(node: AnyNode): boolean {
  return isMember(node, "NODE_ENV") && isMember(node.object, "env") && isNamed(node.object.object, "process");
}

function isMember(node: AnyNode, name: string): node is AnyNode & { readonly type: "MemberExpression" } {
  return node.type === "MemberExpression" && !node.computed && isNamed(node.property, name);
}

function isNamed(node: AnyNode, name: string): boolean {
  return node.type === "Identifier" && node.name === name;
}
