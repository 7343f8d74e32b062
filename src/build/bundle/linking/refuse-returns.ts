import type { Plugin } from "rolldown";
import { parseAst } from "rolldown/parseAst";
import { readField } from "../../../support/read-field.ts";
import { languageOf } from "../../syntax.ts";

/** Refuses a `return` at the top of an ES module, which the bundler lets through: in CommonJS it ends the module. */
export function refuseReturns(): Plugin {
  return {
    name: "mayfly-returns",
    transform: {
      filter: { id: /\.[cm]?[jt]sx?$/, code: { include: [/^(?:import|export)\b[^]*^\s{0,2}return\b/m] } },
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
  try {
    parseAst(code, { lang: languageOf(path) });
    return undefined;
  } catch (error) {
    const at = readField(error, "pos");
    return typeof at === "number" && /^return\b/.test(code.slice(at)) ? at : undefined;
  }
}
