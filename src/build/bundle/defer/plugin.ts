import { readFileSync } from "node:fs";
import type { Plugin } from "rolldown";
import { createRequire } from "node:module";
import { join, sep } from "node:path";
import { deferrableBuiltin, exportedNames } from "./builtins.ts";
import { type DeferredModule, deferInCommonJs } from "./commonjs.ts";
import { deferImports } from "./es-imports.ts";
import { codeLoader, toJavaScript } from "./javascript.ts";
import { ownSources } from "../../own-sources.ts";

/** What the written calls go to: runtime/deferred/deferred.ts. */
const HELPER = "mayfly:deferred";
const STAND_IN = /^mayfly:deferred\/([a-z0-9_/]+?)(:default)?$/;
/** No file has such a name. */
const STAND_IN_PATH = "\0mayfly-stand-in/";

const NONE: ReadonlySet<string> = new Set();

/** Makes the code of a bundle load the engine's modules when it first uses them, instead of at its start. */
export function deferBuiltins(root: string): Plugin {
  const own = ownSources(root);
  const helper = join(own, "runtime", "deferred", "deferred.cjs");
  const files = new DeferredFiles();
  return {
    name: "mayfly-deferred",
    resolveId: {
      filter: { id: /^mayfly:deferred(?:\/|$)/ },
      handler: (specifier) => ({
        id: specifier === HELPER ? helper : STAND_IN_PATH + specifier.slice(HELPER.length + 1),
        moduleSideEffects: false,
      }),
    },
    load: {
      filter: { id: /^\0mayfly-stand-in\// },
      handler: (id) => ({ code: standInSource(id.slice(STAND_IN_PATH.length)), moduleType: "js" }),
    },
    transform: {
      filter: { id: /\.[cm]?[jt]sx?$/, code: /\brequire\b|\bfrom\b|\bimport\s*\(/ },
      handler(code, id) {
        const loader = codeLoader(id);
        if (loader === undefined || id.startsWith("\0") || id.startsWith(own + sep)) return undefined;
        const deferred = files.codeOf(id, code, loader);
        return deferred === undefined ? undefined : { code: deferred, map: null };
      },
    },
  };
}

/** @param name of the engine's module, with `:default` behind it where one is imported */
function standInSource(name: string): string {
  const [, builtin = "", withDefault] = STAND_IN.exec(`${HELPER}/${name}`) ?? [];
  // Through an ES module `default` is what the other one says it is, also for importers that take it for CommonJS.
  if (withDefault !== undefined) {
    const plain = JSON.stringify(`${HELPER}/${builtin}`);
    return `export * from ${plain};\nexport { default } from ${plain};\n`;
  }
  const names = JSON.stringify(exportedNames(builtin));
  return `module.exports = require(${JSON.stringify(HELPER)}).namespaceOf(${JSON.stringify(builtin)}, ${names});\n`;
}

/** What reading a file for deferral tells. */
interface ReadFile {
  readonly source: string;
  readonly module: DeferredModule | undefined;
  /** Whether it says less than it could, for what was being read: the same file read first may say more. */
  readonly partial: boolean;
}

/** The bundler asks for files in any order: what is said of one must not depend on which were asked for before. */
class DeferredFiles {
  /** The bundler begins again where packages are both imported and required (linking/two-builds.ts). */
  readonly #answers = new Map<string, { readonly source: string; readonly code: string | undefined }>();
  readonly #known = new Map<string, ReadFile>();
  /** As they are on the disk. */
  readonly #others = new Map<string, ReadFile>();

  /** @param source the file's text, which other plugins may have changed */
  codeOf(path: string, source: string, loader: Bun.Loader): string | undefined {
    const known = this.#answers.get(path);
    if (known?.source === source) return known.code;
    const code = this.#defer(path, source, loader);
    this.#answers.set(path, { source, code });
    return code;
  }

  #defer(path: string, source: string, loader: Bun.Loader): string | undefined {
    if (mayLoad(source) && !path.endsWith(".mjs")) {
      const { module } = this.#read(path, source, new Map());
      if (module !== undefined) return module.code;
    }
    if (!namesBuiltin(source, FROM)) return undefined;
    return deferImports(source, path, () => toJavaScript(source, loader), {
      helper: HELPER,
      standIn: (builtin, withDefault) => `${HELPER}/${builtin}${withDefault ? ":default" : ""}`,
    });
  }

  /** @param below what has been read for the file that was asked for; `undefined` for what is being read */
  #read(path: string, source: string, below: Map<string, ReadFile | undefined>): ReadFile {
    const known = this.#known.get(path);
    if (known?.source === source) return known;
    below.set(path, undefined);
    let partial = false;
    const require = createRequire(path);
    const lazyExportsOf = (specifier: string): ReadonlySet<string> => {
      if (deferrableBuiltin(specifier) !== undefined) return NONE;
      let file: string;
      try {
        file = require.resolve(specifier);
      } catch {
        // The bundler says so, with the place.
        return NONE;
      }
      if (!/\.c?js$/.test(file)) return NONE;
      const target = this.#readOther(file, below);
      partial ||= target?.partial ?? true;
      return target?.module?.lazyExports ?? NONE;
    };
    const needed =
      namesBuiltin(source, REQUIRE) ||
      [...source.matchAll(DESTRUCTURED)].some(([, specifier = ""]) => lazyExportsOf(specifier).size > 0);
    const module = needed ? deferInCommonJs(source, HELPER, lazyExportsOf) : undefined;
    const read = { source, module, partial };
    below.set(path, read);
    if (!partial) this.#known.set(path, read);
    return read;
  }

  /** `undefined` if it is being read: imports go round. */
  #readOther(path: string, below: Map<string, ReadFile | undefined>): ReadFile | undefined {
    if (below.has(path)) return below.get(path);
    const known = this.#others.get(path);
    if (known !== undefined) return known;
    const source = readFileSync(path, "utf8");
    const read = mayLoad(source) ? this.#read(path, source, below) : { source, module: undefined, partial: false };
    if (!read.partial) this.#others.set(path, read);
    return read;
  }
}

const REQUIRE = /\b(?:require|import)\s*\(\s*["']([^"'\n]+)["']\s*\)/g;
const DESTRUCTURED = /\}\s*=\s*require\s*\(\s*["']([^"'\n]+)["']\s*\)/g;
const FROM = /\b(?:from|import\s*\()\s*["']([^"'\n]+)["']/g;

function mayLoad(source: string): boolean {
  return /\brequire\b|\bimport\s*\(/.test(source);
}

function namesBuiltin(source: string, naming: RegExp): boolean {
  return [...source.matchAll(naming)].some(([, specifier = ""]) => deferrableBuiltin(specifier) !== undefined);
}
