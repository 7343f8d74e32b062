import { isAbsolute } from "node:path";
import type { Plugin } from "rolldown";
import { isEngineModule } from "../engine-modules.ts";
import { packageAndBelow } from "../linking/link-options.ts";
import { isLookUp } from "../linking/look-up.ts";
import { loadStandIns, laterModule } from "./stand-in.ts";

/**
 * Leaves packages out that the user names; what CommonJS requires of them is looked for as in Node.js. The bundler's own
 * option for that would ask no plugin.
 */
export function externalPackages(root: string, external: readonly string[]): Plugin {
  if (external.length === 0) return { name: "mayfly-external" };
  return {
    name: "mayfly-external",
    resolveId: {
      order: "pre",
      filter: { id: external.map(packageAndBelow) },
      handler(specifier, importer, { kind, custom }) {
        const isAsked = kind === "require-call" && importer !== undefined && isAbsolute(importer);
        if (!isAsked || isLookUp(custom) || isEngineModule(specifier)) return { id: specifier, external: true };
        return laterModule(root, importer, specifier);
      },
    },
    load: loadStandIns,
  };
}
