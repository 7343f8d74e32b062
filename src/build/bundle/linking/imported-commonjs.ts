import type { Plugin, PluginContext } from "rolldown";
import { dirname, join, sep } from "node:path";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { ENGINE_MODULES } from "../engine-modules.ts";
import { Again } from "./again.ts";
import { type ImportedFile, isEsModule, leadImports } from "./commonjs-imports.ts";
import { leadLoads } from "./commonjs-loads.ts";
import { CommonJsNames } from "./commonjs-names.ts";
import { CommonJsViews, type View } from "./commonjs-views.ts";
import { leavesLoads } from "./compiled-loads.ts";
import { lookUp } from "./look-up.ts";
import { requiredModules } from "./required-modules.ts";
import { standIns, STANDS_FOR } from "./wrapped-loads.ts";
import { ownSources } from "../../own-sources.ts";

/** Also what isn't one, in a string or a comment: then it is looked at for nothing. */
const IMPORTED = /(?:\bfrom|\bimport)\s*\(?\s*(?:\/\*.*?\*\/\s*)*["'`]([^"'`\n]+)["'`]/g;
const LOADS = /\bimport\s*\(/;
const ENGINE = new RegExp(`^(?:node:|bun:|mayfly:|mayfly-asset:|\0|(?:${ENGINE_MODULES.join("|")})$)`);

/**
 * CommonJS that ES modules import. The bundler evaluates it where the body of the importer begins, behind all other ES
 * modules that this imports, and knows none of its names. Here it gets an ES module in front of each import that does
 * nothing but evaluate it, and so stands in the order of the imports, and the names that Node.js finds where they are passed
 * on by `export *` or seen by `import()`. ES modules that CommonJS requires are wrapped and evaluated alike.
 */
export function importedCommonJs(root: string): Plugin {
  const own = ownSources(root) + sep;
  const names = new CommonJsNames();
  const views = new CommonJsViews(root);
  let required: ReadonlySet<string> = new Set();
  // Modules of which something else is made when they are required.
  const unlessRequired = new Set<string>();
  // A path leads to the same file in each round, and for all modules of a folder.
  const paths = new Map<string, Promise<string | undefined>>();
  const imports = (context: PluginContext, specifier: string, importer: string): Promise<string | undefined> => {
    if (!specifier.startsWith(".")) return fileOf(context, specifier, importer, "import-statement");
    const path = join(dirname(importer), specifier);
    const found = paths.get(path) ?? fileOf(context, specifier, importer, "import-statement");
    paths.set(path, found);
    return found;
  };
  return {
    name: "mayfly-imported-commonjs",
    resolveId: {
      filter: { id: [CommonJsViews.ids, STANDS_FOR] },
      handler: (id) => (STANDS_FOR.test(id) ? { id, external: true } : id),
    },
    load: {
      filter: { id: CommonJsViews.ids },
      async handler(id) {
        return { code: await views.source(id, (file) => namesIn(this, file, names)), moduleType: "js" };
      },
    },
    transform: {
      order: "post",
      filter: { id: /^[^\0].*\.[cm]?[jt]sx?$/, code: /\b(?:im|ex)port\b/ },
      async handler(code, id) {
        if (id.startsWith(own)) return undefined;
        const passesAllOn = /\bexport\s*\*/.test(code);
        const isWrapped = required.has(id) || names.isCommonJs(id);
        const imported = new Map<string, ImportedFile>();
        const loaded = new Map<string, string>();
        for (const specifier of new Set([...code.matchAll(IMPORTED)].map(([, one = ""]) => one))) {
          const file = ENGINE.test(specifier) ? undefined : await imports(this, specifier, id);
          if (file === undefined) continue;
          const isCommonJs = names.isCommonJs(file);
          if (isWrapped && !isCommonJs && !file.endsWith(".json")) loaded.set(specifier, file);
          if (isCommonJs) imported.set(specifier, { file, names: passesAllOn ? await namesIn(this, file, names) : [] });
          else if (required.has(file)) imported.set(specifier, { file, names: undefined });
        }
        const viewOf = (view: View, file: string): string => views.quoted(view, file);
        const edits: Edit[] = [];
        if (imported.size > 0) edits.push(...leadImports(code, id, imported, !required.has(id), viewOf));
        const commonJs = new Map(
          [...imported].flatMap(([specifier, { file, names }]) =>
            names === undefined ? [] : [[specifier, file] as const],
          ),
        );
        if (commonJs.size > 0 && LOADS.test(code)) {
          const isLeft = isEsModule(id) || names.isCommonJs(id) || leavesLoads(id);
          const view = isLeft ? "namespace" : "compiled";
          if (isWrapped && isLeft)
            for (const [specifier, file] of commonJs) loaded.set(specifier, views.id("namespace", file));
          else edits.push(...leadLoads(code, id, commonJs, view, viewOf));
        }
        if (loaded.size > 0 && LOADS.test(code)) edits.push(...standIns(this, code, id, loaded, views));
        if (edits.length > 0 || LOADS.test(code)) unlessRequired.add(id);
        return edits.length === 0 ? undefined : { code: applyEdits(code, edits), map: null };
      },
    },
    buildEnd(error) {
      if (error !== undefined) return;
      const now = requiredModules(this);
      const isNew = [...now.modules].some((id) => !required.has(id));
      const changes = [...now.modules].some((id) => !required.has(id) && unlessRequired.has(id));
      required = new Set([...required, ...now.modules]);
      if (changes || (isNew && now.imported)) throw new Again("ES modules are required");
    },
  };
}

function namesIn(context: PluginContext, file: string, names: CommonJsNames): Promise<readonly string[]> {
  return names.of(file, (specifier, importer) => fileOf(context, specifier, importer, "require-call"));
}

async function fileOf(
  context: PluginContext,
  specifier: string,
  importer: string,
  kind: "import-statement" | "require-call",
): Promise<string | undefined> {
  const found = await lookUp(context, specifier, importer, kind);
  return found === null || found.external !== false || found.id.startsWith("\0") ? undefined : found.id;
}
