import type { Plugin, PluginContext } from "rolldown";
import { isAbsolute } from "node:path";
import { isEngineModule } from "../engine-modules.ts";
import { isLookUp } from "../linking/look-up.ts";
import { type AskedImport, judgeImports } from "./judge-imports.ts";
import type { MissingImports } from "./left-out.ts";
import { loadStandIns, STAND_IN, laterModule } from "./stand-in.ts";

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
          return laterModule(root, importer, specifier);
        },
      },
      load: loadStandIns,
      buildEnd() {
        found = judgeImports(root, asked, (id) => codeOf(this, id));
      },
    },
  };
}

/** What the bundler read, with what other plugins made of it. */
function codeOf(context: PluginContext, id: string): string {
  return isAbsolute(id) ? (context.getModuleInfo(id)?.code ?? "") : "";
}
