import { createRequire } from "node:module";
import { join } from "node:path";
import { deferrableBuiltin, exportedNames } from "./builtins.ts";
import { type DeferredModule, deferInCommonJs } from "./commonjs.ts";
import { deferImports } from "./es-imports.ts";

/** What the written calls go to: runtime/deferred/deferred.ts. */
const HELPER = "mayfly:deferred";
const STAND_IN = /^mayfly:deferred\/([a-z0-9_/]+?)(:default)?$/;
const NAMESPACE = "mayfly-deferred";
/** The bundler tells modules apart by the text of their paths alone: a stand-in called `events` is taken for the engine's. */
const STAND_IN_PATH = "stand-in/";

const NONE: ReadonlySet<string> = new Set();

/** What the code that `DeferredFiles` writes imports. */
export function deferredModules(root: string): Bun.BunPlugin {
  const own = join(root, "node_modules", "mayfly", "src");
  return {
    name: "mayfly-deferred",
    setup(build) {
      build.onResolve({ filter: /^mayfly:deferred$/ }, () => ({
        path: join(own, "runtime", "deferred", "deferred.ts"),
      }));
      build.onResolve({ filter: STAND_IN }, ({ path }) => ({
        path: STAND_IN_PATH + path.slice(HELPER.length + 1),
        namespace: NAMESPACE,
      }));
      build.onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => ({
        contents: standInSource(path.slice(STAND_IN_PATH.length)),
        loader: "js",
      }));
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

/** Makes the code of a bundle load the engine's modules when it first uses them, instead of at its start. */
export class DeferredFiles {
  readonly #read: (path: string) => string;
  readonly #javascript: (source: string, loader: Bun.Loader) => string;
  readonly #modules = new Map<string, DeferredModule | undefined>();

  /** @param javascript takes types and JSX out of code */
  constructor(read: (path: string) => string, javascript: (source: string, loader: Bun.Loader) => string) {
    this.#read = read;
    this.#javascript = javascript;
  }

  /** `undefined` if there is nothing to defer. */
  codeOf(path: string, loader: Bun.Loader): string | undefined {
    const source = this.#read(path);
    if (mayRequire(source)) {
      const commonJs = this.#commonJs(path, source);
      if (commonJs !== undefined) return commonJs.code;
    }
    if (![...source.matchAll(FROM)].some(([, specifier = ""]) => deferrableBuiltin(specifier) !== undefined))
      return undefined;
    return deferImports(
      source,
      this.#javascript(source, loader),
      (builtin, withDefault) => `${HELPER}/${builtin}${withDefault ? ":default" : ""}`,
    );
  }

  #commonJs(path: string, source: string): DeferredModule | undefined {
    if (this.#modules.has(path)) return this.#modules.get(path);
    // What a circular import asks for meanwhile.
    this.#modules.set(path, undefined);
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
      const target = this.#read(file);
      return (mayRequire(target) ? this.#commonJs(file, target)?.lazyExports : undefined) ?? NONE;
    };
    const needed =
      requiresBuiltin(source) ||
      [...source.matchAll(DESTRUCTURED)].some(([, specifier = ""]) => lazyExportsOf(specifier).size > 0);
    const module = needed ? deferInCommonJs(source, HELPER, lazyExportsOf) : undefined;
    this.#modules.set(path, module);
    return module;
  }
}

const REQUIRE = /\brequire\s*\(\s*["']([^"'\n]+)["']\s*\)/g;
const DESTRUCTURED = /\}\s*=\s*require\s*\(\s*["']([^"'\n]+)["']\s*\)/g;
const FROM = /\bfrom\s*["']([^"'\n]+)["']/g;

function mayRequire(source: string): boolean {
  return source.includes("require");
}

function requiresBuiltin(source: string): boolean {
  return [...source.matchAll(REQUIRE)].some(([, specifier = ""]) => deferrableBuiltin(specifier) !== undefined);
}
