import { join, relative, sep } from "node:path";
import type { Plugin, PluginContext } from "rolldown";
import { applyEdits } from "../defer/edits.ts";
import { Again } from "../linking/again.ts";
import { lookUp } from "../linking/look-up.ts";
import { placeOf } from "../linking/module-place.ts";
import { ownSources } from "../../own-sources.ts";
import { readCodePaths } from "./code-paths.ts";
import { namedBeside } from "./matching-files.ts";
import { askedNames, textNames } from "./named-packages.ts";
import { folderOfPackage } from "./package-folder.ts";
import { packedPaths, type Says } from "./packed-paths.ts";
import { importEdits, isOfAnyName, KNOWN_MODULE } from "./variable-imports.ts";

/** What the modules of a program read beside themselves. */
export interface FilesRead {
  readonly plugins: readonly Plugin[];
  /** Absolute paths, by where they lie in the package. */
  readonly files: ReadonlyMap<string, string>;
  /** Modules of the project that run by themselves, as a worker does, likewise: where they are looked for. */
  readonly scripts: ReadonlyMap<string, string>;
  /** What reads or runs each of these: places in the package, by the same. */
  readonly readers: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names of packages that the project's code says as texts, for whoever loads what it is told. */
  readonly texts: ReadonlySet<string>;
  readonly warnings: ReadonlySet<string>;
}

/** What names a place, or imports what isn't one text. */
const MAYBE =
  /\b__(?:dirname|filename)\b|\bimport\.meta\b|\bprocess\.cwd\b|\bLAMBDA_TASK_ROOT\b|\bmodule\.(?:path|filename)\b|\b(?:import|require)\s*\(\s*[^"'\s)]|(?:readFile|readdir|createReadStream|opendir|sendFile|Worker|fork)(?:Sync)?\s*\(|\bexecPath\b/;

/**
 * Finds the files that code reads, as Vite, webpack and nft do, so that they are packed where it looks for them, and the
 * modules that an `import()` or `require` of a variable can mean, which go into the program.
 */
export function filesRead(root: string): FilesRead {
  const own = ownSources(root) + sep;
  const helper = join(ownSources(root), "runtime", "places", "known-module");
  const [files, scripts, warnings] = [new Map<string, string>(), new Map<string, string>(), new Set<string>()];
  const readers = new Map<string, Set<string>>();
  const readBy = (place: string, importer: string): void => {
    readers.set(place, (readers.get(place) ?? new Set()).add(placeOf(root, importer)));
  };
  const { plugin: texting, texts } = textNames(root);
  // How many of the texts were there for whoever asked first. In the next round they are there from the beginning.
  let told: number | undefined;
  const askable = async (context: PluginContext, file: string): Promise<readonly string[]> => {
    told ??= texts.size;
    const found: string[] = [];
    for (const name of new Set([...askedNames(file, root), ...texts])) {
      const module = await lookUp(context, name, file, "require-call");
      const isOther = module !== null && folderOfPackage(module.id) !== folderOfPackage(file);
      if (isOther) found.push(name);
    }
    return found;
  };
  const plugin: Plugin = {
    name: "mayfly-files-read",
    buildStart() {
      // The bundler may begin again, with other modules.
      for (const known of [files, scripts, readers, warnings]) known.clear();
      told = undefined;
    },
    resolveId: {
      filter: { id: /^mayfly:known-module(?:\.cjs)?$/ },
      handler: (specifier) => ({
        id: `${helper}${specifier === KNOWN_MODULE ? ".ts" : ".cjs"}`,
        moduleSideEffects: false,
      }),
    },
    transform: {
      // As it was written.
      order: "pre",
      filter: { id: /^[^\0].*\.[cm]?[jt]sx?$/, code: MAYBE },
      async handler(code, id) {
        if (id.startsWith(own)) return undefined;
        const isPackage = folderOfPackage(id) !== undefined;
        const found = readCodePaths(id, code, isPackage ? undefined : root);
        if (found === undefined) return undefined;
        const says: Says = (line, text) => {
          // Nobody here can change a package.
          if (!isPackage) warnings.add(`${relative(root, id).split(sep).join("/")}:${line}: ${text}`);
        };
        for (const { place, file, isScript } of packedPaths(root, id, found.paths, says)) {
          (isScript ? scripts : files).set(place, file);
          readBy(place, id);
        }
        for (const file of namedBeside(id, found.names)) {
          files.set(placeOf(root, file), file);
          readBy(placeOf(root, file), id);
        }
        const named = found.imports.some(isOfAnyName) ? await askable(this, id) : [];
        const edits = importEdits({ root, file: id, code, found, named }, says);
        return edits.length === 0 ? undefined : { code: applyEdits(code, edits), map: null };
      },
    },
    buildEnd(error) {
      if (error === undefined && told !== undefined && texts.size > told) throw new Again("more names are known");
    },
  };
  return { plugins: [texting, plugin], files, scripts, readers, texts, warnings };
}
