import { readFileSync } from "node:fs";
import { dirname, extname, join, sep } from "node:path";
import type { CodeFindings } from "../../protocol/program-settings.ts";
import { DeferredFiles } from "./defer/plugin.ts";
import { FINDINGS_SPECIFIER } from "./mayfly-sources.ts";
import { resolveInPackage } from "./package-place.ts";
import { rewriteResolveCalls } from "./resolve-calls.ts";

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

const FINDINGS = "mayfly-findings";

/**
 * The words that tell. One in a comment, or a name of the code's own, counts too: then a start takes some microseconds
 * more. Most look-ups the bundler resolves; which are left only it knows.
 */
const TELLING: Readonly<Record<keyof CodeFindings, RegExp>> = {
  webTypes: /\b(?:Response|Request|Blob|File|fetch)\b/,
  lookUps: /\brequire\b|\bimport\s*\(/,
  ownSockets: /\.assignSocket\s*\(/,
};

/** The package's folder. A module can have a `process` of its own. */
const PACKAGE = "globalThis.process.env.LAMBDA_TASK_ROOT";

/**
 * The code of a project and its packages, as it goes into a bundle. Only one plugin can give a module's text, so whatever
 * changes it is put together here.
 */
export class UserSources {
  readonly #root: string;
  readonly #external: readonly string[];
  readonly #texts = new Map<string, { readonly source: string; readonly text: string }>();
  readonly #transpilers = new Map<Bun.Loader, Bun.Transpiler>();
  readonly #deferred: DeferredFiles | undefined;
  /** Files of code that something imports as text or as files. Whoever does is read before they are. */
  readonly #assets = new Map<string, "text" | "file">();

  readonly #found = { webTypes: false, lookUps: false, ownSockets: false };

  constructor(root: string, { defer, external }: { readonly defer: boolean; readonly external: readonly string[] }) {
    this.#root = root;
    this.#external = external;
    // What isn't read here may name anything.
    if (external.length > 0) this.#found = { webTypes: true, lookUps: true, ownSockets: true };
    this.#deferred = defer
      ? new DeferredFiles(
          (path) => this.read(path),
          (source, loader) => this.#javascript(source, loader),
        )
      : undefined;
  }

  plugin(): Bun.BunPlugin {
    const own = join(this.#root, "node_modules", "mayfly", "src") + sep;
    return {
      name: "mayfly-user-sources",
      setup: (build) => {
        build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: "file" }, ({ path }) => {
          const asset = this.#assets.get(path);
          // The bundler asks with the loader of the extension, and would go on with it.
          if (asset !== undefined) return { contents: readFileSync(path), loader: asset };
          const loader = LOADERS[extname(path)];
          if (loader === undefined || path.startsWith(own)) return undefined;
          const { source, text } = this.#textOf(path);
          this.#noteAssets(path, source);
          this.#look(source);
          const contents = this.#deferred?.codeOf(path, loader) ?? text;
          return contents === source ? undefined : { contents, loader };
        });
        build.onResolve({ filter: new RegExp(`^${FINDINGS_SPECIFIER}$`) }, () => ({
          path: "findings",
          namespace: FINDINGS,
        }));
        build.onLoad({ filter: /./, namespace: FINDINGS }, async ({ defer }) => {
          await defer();
          return {
            contents: `export const findings = ${JSON.stringify(this.#found)};
`,
            loader: "js",
          };
        });
      },
    };
  }

  /** A file's text, in which `require.resolve` tells where things are in the package rather than on this machine. */
  readonly read = (path: string): string => this.#textOf(path).text;

  #textOf(path: string): { readonly source: string; readonly text: string } {
    const known = this.#texts.get(path);
    if (known !== undefined) return known;
    const source = readFileSync(path, "utf8");
    const loader = LOADERS[extname(path)] ?? "js";
    const text = rewriteResolveCalls(
      source,
      (code) => this.#javascript(code, loader),
      (specifier) => this.#answer(path, specifier),
    );
    const both = { source, text };
    this.#texts.set(path, both);
    return both;
  }

  #look(source: string): void {
    this.#found.webTypes ||= TELLING.webTypes.test(source);
    this.#found.lookUps ||= TELLING.lookUps.test(source);
    this.#found.ownSockets ||= TELLING.ownSockets.test(source);
  }

  /** Code that begins with no bracket: a line before it may have no semicolon. */
  #answer(importer: string, specifier: string): string {
    const resolution = resolveInPackage(this.#root, importer, specifier, this.#external);
    switch (resolution.kind) {
      case "builtin":
        return JSON.stringify(specifier);
      case "file":
        return inPackage(resolution.place);
      case "later":
        return `require.resolve(${JSON.stringify(specifier)}, { paths: [${inPackage(resolution.from ?? "")}] })`;
    }
  }

  #noteAssets(importer: string, source: string): void {
    for (const [, specifier = "", type] of source.matchAll(WITH_TYPE)) {
      try {
        this.#assets.set(Bun.resolveSync(specifier, dirname(importer)), type === "text" ? "text" : "file");
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
}

function inPackage(place: string): string {
  return place === "" ? PACKAGE : `"".concat(${PACKAGE}, ${JSON.stringify(`/${place}`)})`;
}
