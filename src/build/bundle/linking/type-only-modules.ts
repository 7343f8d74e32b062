import type { Plugin } from "rolldown";
import { nodesIn, parseFile, type SyntaxNode } from "../../syntax.ts";
import { applyEdits } from "../defer/edits.ts";
import { codeLoader, toJavaScript } from "../defer/javascript.ts";
import { isEsModule } from "./commonjs-imports.ts";

const WRITES_EXPORTS = /\bmodule\s*\.\s*exports\b|\bexports\s*[.[]/;

/**
 * TypeScript that writes `module.exports` and whose imports and exports are but types is CommonJS: the bundler takes it for an
 * ES module, which has no `module`.
 */
export function typeOnlyModules(): Plugin {
  return {
    name: "mayfly-type-only-modules",
    transform: {
      order: "pre",
      filter: { id: /^[^\0].*\.c?tsx?$/, code: WRITES_EXPORTS },
      handler(code, id) {
        const loader = codeLoader(id);
        const statements = moduleStatements(parseFile(id, code));
        if (loader === undefined || statements.length === 0 || isEsModule(id)) return undefined;
        const left = plain(code, loader);
        if (left === undefined || moduleStatements(left).length > 0) return undefined;
        return {
          code: applyEdits(
            code,
            statements.map(({ start, end }) => ({ start, end, text: "" })),
          ),
          map: null,
        };
      },
    },
  };
}

/** Without its types; `undefined` for syntax that the engine's reader doesn't know. */
function plain(code: string, loader: Bun.Loader): SyntaxNode | undefined {
  try {
    return parseFile("plain.js", toJavaScript(code, loader));
  } catch {
    return undefined;
  }
}

function moduleStatements(program: SyntaxNode | undefined): readonly SyntaxNode[] {
  return nodesIn(program, "body").filter(({ type }) =>
    /^(?:Import|Export(?:Named|All|Default))Declaration$/.test(type),
  );
}
