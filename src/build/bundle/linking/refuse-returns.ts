import type { Plugin } from "rolldown";
import { parseSync } from "rolldown/utils";
import { languageOf } from "../../syntax.ts";

/** Refuses a `return` at the top of an ES module, which the bundler lets through: in CommonJS it ends the module. */
export function refuseReturns(): Plugin {
  return {
    name: "mayfly-returns",
    transform: {
      // Without [^]: the bundler runs what it can't compile a hundred times slower, over all files.
      filter: {
        id: { include: /\.[cm]?[jt]sx?$/, exclude: /[\\/]node_modules[\\/]mayfly[\\/]src[\\/]/ },
        code: /^(?:import|export)\b.*^\s{0,2}return\b/ms,
      },
      handler(code, id) {
        const at = returnAtTop(code, id);
        if (at === undefined) return;
        const before = code.slice(0, at).split("\n");
        this.error({
          message: "Top-level return is only possible in CommonJS",
          loc: { file: id, line: before.length, column: before.at(-1)?.length ?? 0 },
        });
      },
    },
  };
}

function returnAtTop(code: string, path: string): number | undefined {
  // The tree itself isn't looked at, which would take ten times longer.
  const at = parseSync(path, code, { lang: languageOf(path) }).errors[0]?.labels[0]?.start;
  return at !== undefined && code.startsWith("return", at) ? at : undefined;
}
