import type { Plugin } from "rolldown";
import { nodesIn, parseFile } from "../../syntax.ts";
import { becomesCommonJs } from "./compiled-kind.ts";

/** It exports, or may be CommonJS by its own words. */
const SAYS_MORE = /^\s*export\b|\b(?:module|exports|require)\b/m;

/**
 * TypeScript that imports and exports nothing, such as one that sets something up: where it becomes CommonJS the bundler
 * takes it for that, and wraps it in a function with all that it imports. For tsc it is a module like the others, without
 * a default.
 */
export function exportlessModules(): Plugin {
  return {
    name: "mayfly-exportless-modules",
    transform: {
      order: "pre",
      filter: { id: /^[^\0].*\.c?tsx?$/, code: /\bimport\b/ },
      handler(code, id) {
        if (SAYS_MORE.test(code) || !becomesCommonJs(id)) return undefined;
        const statements = nodesIn(parseFile(id, code), "body");
        const isModule = statements.some(({ type }) => type === "ImportDeclaration");
        if (!isModule || statements.some(({ type }) => type.startsWith("Export"))) return undefined;
        return { code: `${code}\nexport {};\n`, map: null };
      },
    },
  };
}
