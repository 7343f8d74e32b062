import type { Plugin, PluginContext } from "rolldown";
import { isAbsolute } from "node:path";
import { isEngineModule } from "../engine-modules.ts";
import { isLookUp } from "../linking/look-up.ts";
import { placeOf } from "../linking/module-place.ts";
import { COMMONJS } from "../linking/sloppy-text.ts";
import { type AskedImport, judgeImports } from "./judge-imports.ts";
import type { MissingImports } from "./left-out.ts";

/**
 * What stands for a package that isn't there: it fails where it is evaluated, as a module of Node.js, and tells who asked.
 * An import that stays would fail where the chunk is loaded that it has come into, with all that is in there.
 */
const STAND_IN = "\0mayfly-absent/";

/**
 * Leaves out what can't be found, and says which of it is in the way. The rest fails at run time as it does in Node.js,
 * if it is asked for at all.
 */
export function missingImports(root: string): { readonly plugin: Plugin; readonly found: () => MissingImports } {
  let asked: AskedImport[] = [];
  let found: MissingImports = { missing: [], leftOut: [] };
  return {
    found: () => found,
    plugin: {
      name: "mayfly-missing",
      buildStart() {
        // The bundler may begin again.
        asked = [];
        found = { missing: [], leftOut: [] };
      },
      resolveId: {
        order: "pre",
        filter: { id: /^[^\0]/ },
        async handler(specifier, importer, { kind, custom }) {
          if (isLookUp(custom)) return undefined;
          if (importer === undefined || isEngineModule(specifier)) return undefined;
          if (importer.startsWith(STAND_IN)) return undefined;
          const module = await this.resolve(specifier, importer, { kind, skipSelf: true });
          const id = module?.external === false ? module.id : undefined;
          if (id !== undefined || module === null) asked.push({ specifier, importer, kind, id });
          if (module !== null) return module;
          if (kind === "dynamic-import") return { id: specifier, external: true };
          return `${STAND_IN}${placeOf(root, importer)}?${specifier}`;
        },
      },
      load: {
        filter: { id: /^\0mayfly-absent\// },
        // Whatever the name of what is missing ends in.
        handler: (id) => ({ code: standIn(id.slice(STAND_IN.length)), moduleType: "js" }),
      },
      buildEnd() {
        found = judgeImports(root, asked, (id) => codeOf(this, id));
      },
    },
  };
}

function standIn(id: string): string {
  const at = id.indexOf("?");
  const filename = `globalThis.process.env.LAMBDA_TASK_ROOT + ${JSON.stringify(`/${id.slice(0, at)}`)}`;
  const own = `require(${JSON.stringify(COMMONJS)}).requireOf(${filename}, require)`;
  return `module.exports = ${own}(${JSON.stringify(id.slice(at + 1))});\n`;
}

/** What the bundler read, with what other plugins made of it. */
function codeOf(context: PluginContext, id: string): string {
  return isAbsolute(id) ? (context.getModuleInfo(id)?.code ?? "") : "";
}
