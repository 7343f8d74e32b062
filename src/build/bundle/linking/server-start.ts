import type { Plugin } from "rolldown";
import { nodesIn, parseFile } from "../../syntax.ts";
import { applyEdits } from "../defer/edits.ts";
import { SERVER_SPECIFIER } from "../mayfly-sources.ts";

/**
 * Has a server's script begin with what brings the engine into line with Node.js.
 * @param script absolute path; `undefined` for what isn't the server itself
 */
export function serverStart(script: string | undefined): Plugin {
  return {
    name: "mayfly-server-start",
    transform: {
      order: "pre",
      filter: { id: /^[^\0].*\.[cm]?[jt]sx?$/ },
      handler(code, id) {
        const program = id === script ? parseFile(id, code) : undefined;
        if (program === undefined) return undefined;
        const statements = nodesIn(program, "body");
        const isModule = /\.m[jt]s$/.test(id) || statements.some(({ type }) => /^(?:Import|Export)/.test(type));
        const specifier = JSON.stringify(SERVER_SPECIFIER);
        const text = isModule ? `import ${specifier}; ` : `require(${specifier}); `;
        const start = statements.find((one) => typeof one["directive"] !== "string")?.start ?? program.end;
        return { code: applyEdits(code, [{ start, end: start, text }]), map: null };
      },
    },
  };
}
