import type { Plugin } from "rolldown";
import { nodeIn, nodesIn, parseFile, type SyntaxNode, writtenText } from "../../syntax.ts";
import { exportedNames } from "../defer/builtins.ts";
import { applyEdits } from "../defer/edits.ts";
import { isEngineModule } from "../engine-modules.ts";
import { namesDeclared } from "./commonjs-imports.ts";

const MAYBE = /\bexport\s*\*\s*from\s*["'](?:node:)?[a-z0-9_]+(?:\/[a-z0-9_]+)?["']/;

/**
 * Writes out the names of `export * from "node:fs"`: what `import()` of the module gives would have none of them, since the
 * bundler leaves such a line out where only a namespace is asked for.
 */
export function builtinStars(): Plugin {
  return {
    name: "mayfly-builtin-stars",
    transform: {
      filter: { id: /^[^\0].*\.[cm]?[jt]sx?$/, code: MAYBE },
      handler(code, id) {
        const program = parseFile(id, code);
        const stars = nodesIn(program, "body").flatMap((node) => starOf(node) ?? []);
        if (program === undefined || stars.length === 0) return undefined;
        const own = namesDeclared(program);
        const edits = stars.map(({ node, source, builtin, names }) => {
          // What two of them have neither passes on.
          const others = new Set(stars.flatMap((star) => (star.builtin === builtin ? [] : star.names)));
          const passed = names.filter((name) => !own.has(name) && !others.has(name));
          // Of a process much is inherited.
          const rest = builtin === "process" ? ` export * from ${JSON.stringify(source)};` : "";
          return {
            start: node.start,
            end: node.end,
            text: `export { ${passed.join(", ")} } from ${JSON.stringify(source)};${rest}`,
          };
        });
        return { code: applyEdits(code, edits), map: null };
      },
    },
  };
}

interface Star {
  readonly node: SyntaxNode;
  readonly source: string;
  readonly builtin: string;
  readonly names: readonly string[];
}

function starOf(node: SyntaxNode): Star | undefined {
  if (node.type !== "ExportAllDeclaration" || nodeIn(node, "exported") !== undefined) return undefined;
  if (node["exportKind"] === "type") return undefined;
  const source = writtenText(nodeIn(node, "source") ?? node) ?? "";
  const builtin = source.replace(/^node:/, "");
  if (!isEngineModule(source)) return undefined;
  const names = exportedNames(builtin);
  return names.length === 0 ? undefined : { node, source, builtin, names };
}
