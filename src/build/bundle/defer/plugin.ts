import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, sep } from "node:path";
import { deferrableBuiltin, exportedNames } from "./builtins.ts";
import { type DeferredModule, deferInCommonJs } from "./commonjs.ts";
import { deferImports } from "./es-imports.ts";

/** What the written calls go to: runtime/deferred/deferred.ts. */
const HELPER = "mayfly:deferred";
const STAND_IN = /^mayfly:deferred\/([a-z0-9_/]+?)(:default)?$/;
const NAMESPACE = "mayfly-deferred";
/** The bundler tells modules apart by the text of their paths alone: a stand-in called `events` is taken for the engine's. */
const STAND_IN_PATH = "stand-in/";

const LOADERS: Readonly<Record<string, Bun.Loader>> = {
  ".js": "jsx",
  ".cjs": "js",
  ".mjs": "js",
  ".jsx": "jsx",
  ".ts": "ts",
  ".cts": "ts",
  ".mts": "ts",
  ".tsx": "tsx",
};

/** `import text from "./code.js" with { type: "text" }`, and `import("./code.js", { with: { type: "text" } })`. */
const WITH_TYPE =
  /\b(?:from|import\s*\()\s*["']([^"'\n]+)["']\s*(?:,\s*\{\s*)?(?:with|assert)\s*:?\s*\{\s*["']?type["']?\s*:\s*["'](text|file)["']/g;

const NONE: ReadonlySet<string> = new Set();

/** Makes the code of a bundle load the engine's modules when it first uses them, instead of at its start. */
export function deferBuiltins(root: string): Bun.BunPlugin {
  const own = join(root, "node_modules", "mayfly", "src");
  const files = new DeferredFiles();
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
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: "file" }, ({ path }) => {
        const asset = files.assets.get(path);
        // The bundler asks with the loader of the extension, and would go on with it.
        if (asset !== undefined) return { contents: readFileSync(path), loader: asset };
        const loader = LOADERS[extname(path)];
        if (loader === undefined || path.startsWith(own + sep)) return undefined;
        const contents = files.codeOf(path, loader);
        return contents === undefined ? undefined : { contents, loader };
      });
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

class DeferredFiles {
  /** Files of code that something imports as text or as files. Whoever does is read before they are. */
  readonly assets: Map<string, "text" | "file"> = new Map();
  readonly #modules = new Map<string, DeferredModule | undefined>();
  readonly #transpilers = new Map<Bun.Loader, Bun.Transpiler>();

  codeOf(path: string, loader: Bun.Loader): string | undefined {
    const source = readFileSync(path, "utf8");
    this.#noteAssets(path, source);
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

  #noteAssets(importer: string, source: string): void {
    for (const [, specifier = "", type] of source.matchAll(WITH_TYPE)) {
      try {
        this.assets.set(Bun.resolveSync(specifier, dirname(importer)), type === "text" ? "text" : "file");
      } catch {
        // The bundler says so, with the place; or it was no import at all.
      }
    }
  }

  #javascript(source: string, loader: Bun.Loader): string {
    if (loader === "js") return source;
    let transpiler = this.#transpilers.get(loader);
    if (transpiler === undefined) {
      transpiler = new Bun.Transpiler({
        loader: loader === "ts" ? "ts" : loader === "tsx" ? "tsx" : "jsx",
        trimUnusedImports: loader !== "jsx",
      });
      this.#transpilers.set(loader, transpiler);
    }
    return transpiler.transformSync(source);
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
      const target = readFileSync(file, "utf8");
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
