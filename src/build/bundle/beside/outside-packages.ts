import { dirname, extname } from "node:path";
import type { Plugin, PluginContext } from "rolldown";
import { Again } from "../linking/again.ts";
import { CommonJsNames } from "../linking/commonjs-names.ts";
import { placeOf } from "../linking/module-place.ts";
import { ownSources } from "../../own-sources.ts";
import { escapePattern } from "./matching-files.ts";
import { isNative, LOADERS, NAMES_ADDON } from "./native-packages.ts";
import { folderOfPackage } from "./package-folder.ts";
import { type TraceCache, traceFiles } from "./trace.ts";

/** The packages that a program runs as they are installed. */
export interface OutsidePackages {
  readonly plugin: Plugin;
  /** Folders of those with native code. */
  readonly native: ReadonlySet<string>;
  /** Files of packages outside that modules of the program import. */
  readonly entries: ReadonlySet<string>;
  /** What they are imported by where the engine finds them by name, with the importing file. */
  readonly named: ReadonlyMap<string, string>;
  readonly trace: TraceCache;
}

/**
 * Leaves packages with native code outside of the program, and what these import, so that everybody has one and the same.
 * Which they are shows once all modules are read: then the bundler begins again.
 */
export function outsidePackages(root: string): OutsidePackages {
  const [native, outside, mentions] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const judged = new Map<string, boolean>();
  const entries = new Set<string>();
  const named = new Map<string, string>();
  const names = new CommonJsNames();
  // Its engines are packages for platforms too, but nothing that a function loads.
  const own = dirname(ownSources(root));
  const trace: TraceCache = { cache: {} };
  const isOutside = (file: string): boolean => outside.has(folderOfPackage(file) ?? "");
  const isNativeFolder = (folder: string): boolean => {
    const known = judged.get(folder) ?? isNative(folder, mentions.has(folder));
    judged.set(folder, known);
    return known;
  };
  const plugin: Plugin = {
    name: "mayfly-outside-packages",
    buildStart() {
      entries.clear();
      named.clear();
    },
    transform: {
      filter: { id: /[\\/]node_modules[\\/]/, code: NAMES_ADDON },
      handler(_code, id) {
        const folder = folderOfPackage(id);
        if (folder !== undefined) mentions.add(folder);
      },
    },
    async buildEnd(error) {
      if (error !== undefined) return;
      const found = nativePackages(this, (folder) => folder !== own && isNativeFolder(folder));
      const isNew = [...found].filter(([folder]) => !native.has(folder));
      if (isNew.length === 0) return;
      for (const [folder, files] of isNew) {
        native.add(folder);
        outside.add(folder);
        for (const file of await traceFiles(root, files, trace)) outside.add(folderOfPackage(file) ?? folder);
      }
      throw new Again("packages with native code stay outside");
    },
  };
  // Asked for by the bundler as it begins: a program without such packages has no use for them.
  Object.defineProperty(plugin, "load", {
    enumerable: true,
    get: (): Plugin["load"] =>
      outside.size === 0
        ? undefined
        : {
            order: "pre",
            filter: { id: foldersPattern(outside) },
            handler(id) {
              if (!isOutside(id) || extname(id) === ".json") return undefined;
              entries.add(id);
              return { code: standIn(placeOf(root, id)), moduleType: "js" };
            },
          },
  });
  Object.defineProperty(plugin, "resolveId", {
    enumerable: true,
    get: (): Plugin["resolveId"] =>
      outside.size === 0
        ? undefined
        : {
            filter: { id: namesPattern(outside) },
            async handler(specifier, importer, { kind, custom }) {
              if (importer === undefined || kind === "require-call") return undefined;
              const found = await this.resolve(specifier, importer, {
                kind,
                skipSelf: true,
                ...(custom && { custom }),
              });
              if (found === null || found.external !== false || !isOutside(found.id)) return found;
              if (/\.(?:json|node)$/.test(found.id) || names.isCommonJs(found.id)) return found;
              // An ES module, whose names are live: the engine imports it.
              entries.add(found.id);
              named.set(specifier, importer);
              return { id: specifier, external: true };
            },
          },
  });
  return { plugin, native, entries, named, trace };
}

/** CommonJS that is what the file beside the program exports. */
function standIn(place: string): string {
  return `module.exports = require(globalThis.process.env.LAMBDA_TASK_ROOT + ${JSON.stringify(`/${place}`)});\n`;
}

/** Packages with native code among a program's modules, with those of their files that others import. */
function nativePackages(
  context: PluginContext,
  isNativeFolder: (folder: string) => boolean,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const add = (file: string): void => {
    const folder = folderOfPackage(file);
    if (folder === undefined) return;
    const files = found.get(folder);
    if (files === undefined) found.set(folder, [file]);
    else files.push(file);
  };
  for (const id of context.getModuleIds()) {
    const folder = id.startsWith("\0") ? undefined : folderOfPackage(id);
    if (folder === undefined || id.includes("?")) continue;
    // Whatever loads an add-on for others is asked by these.
    if (LOADERS.test(id)) {
      for (const importer of context.getModuleInfo(id)?.importers ?? []) if (!LOADERS.test(importer)) add(importer);
    } else if (id.endsWith(".node") || isNativeFolder(folder)) add(id);
  }
  return found;
}

function foldersPattern(folders: ReadonlySet<string>): RegExp {
  return new RegExp(`^(?:${[...folders].map(escapePattern).join("|")})[\\\\/]`);
}

/** Whatever may lead into the folders. */
function namesPattern(folders: ReadonlySet<string>): RegExp {
  const names = [...folders].map((folder) => folder.split(/[\\/]node_modules[\\/]/).at(-1) ?? "");
  return new RegExp(`^(?:${names.map((name) => escapePattern(name.replaceAll("\\", "/"))).join("|")})(?:/|$)`);
}
