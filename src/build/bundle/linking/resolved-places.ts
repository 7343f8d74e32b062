import type { Plugin } from "rolldown";
import { codeLoader, toJavaScript } from "../defer/javascript.ts";
import { resolveAnswer } from "../package-place.ts";
import { rewriteResolveCalls } from "../resolve-calls.ts";

/** Has `require.resolve("x")` tell where things are in the package rather than on the machine that builds. */
export function resolvedPlaces(root: string, external: readonly string[]): Plugin {
  return {
    name: "mayfly-resolved-places",
    transform: {
      filter: { id: /^[^\0].*\.[cm]?[jt]sx?$/, code: /\brequire\b[^]*\bresolve\b/ },
      handler(code, id) {
        const loader = codeLoader(id);
        if (loader === undefined) return undefined;
        const text = rewriteResolveCalls(
          code,
          (source) => toJavaScript(source, loader),
          (specifier) => resolveAnswer(root, id, specifier, external),
        );
        return text === code ? undefined : { code: text, map: null };
      },
    },
  };
}
