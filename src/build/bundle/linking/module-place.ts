import type { Plugin, PluginContext } from "rolldown";
import { isAbsolute, join, relative, sep } from "node:path";
import { isEngineModule } from "../engine-modules.ts";
import { placeModule, type PlaceQuestions } from "./place-module.ts";
import { ownSources } from "../../own-sources.ts";

/** What written calls go to: runtime/places. */
const META = "mayfly:module-meta";
const IMPORT = "mayfly:import-at";

/**
 * Tells modules where they are: `__dirname`, `import.meta.url` and so on are the module's place below the folder with
 * the function's code, as if it had been uploaded as it is, and what they look for at run time is looked for from there.
 */
export function modulePlaces(root: string): Plugin {
  const home = ownSources(root);
  const helpers: Readonly<Record<string, string>> = {
    [META]: join(home, "runtime", "places", "module-meta.ts"),
    [IMPORT]: join(home, "runtime", "places", "import-at.ts"),
  };
  return {
    name: "mayfly-places",
    resolveId: {
      filter: { id: /^mayfly:(?:module-meta|import-at)$/ },
      handler: (specifier) => ({ id: helpers[specifier] ?? specifier, moduleSideEffects: false }),
    },
    transform: {
      filter: { id: /\.[cm]?[jt]sx?$/, code: /\b__(?:dirname|filename)\b|\bimport\.meta\b|\bimport\s*\(/ },
      async handler(code, id) {
        if (id.startsWith(home + sep) || id.startsWith("\0")) return undefined;
        const place = placeOf(root, id);
        const placed = await placeModule(code, id, place, { META, IMPORT, ...questions(this, root, id) });
        return placed === undefined ? undefined : { code: placed, map: null };
      },
    },
  };
}

function questions(context: PluginContext, root: string, importer: string): PlaceQuestions {
  const find = async (specifier: string, kind: "dynamic-import" | "import-statement"): Promise<string | undefined> => {
    const found = await context.resolve(specifier, importer, { kind });
    return found === null || found.external !== false ? undefined : found.id;
  };
  return {
    isInside: async (specifier) => isEngineModule(specifier) || (await find(specifier, "dynamic-import")) !== undefined,
    placeOf: async (specifier) => {
      const file = isEngineModule(specifier) ? undefined : await find(specifier, "import-statement");
      return file !== undefined && isAbsolute(file) ? placeOf(root, file.replace(/\?.*$/, "")) : undefined;
    },
  };
}

/** Where a file lies in a package: from the root, or, for what lies outside of it, from where it would be installed. */
export function placeOf(root: string, file: string): string {
  const path = relative(root, file).split(sep).join("/");
  if (!path.startsWith("../")) return path;
  const installed = path.indexOf("node_modules/");
  return installed < 0 ? path.replace(/^(?:\.\.\/)+/, "") : path.slice(installed);
}
