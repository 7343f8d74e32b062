import { readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { codeLoader, toJavaScript } from "./defer/javascript.ts";
import { resolveAnswer } from "./package-place.ts";
import { rewriteResolveCalls } from "./resolve-calls.ts";

/** `import text from "./code.js" with { type: "text" }`, and `import("./code.js", { with: { type: "text" } })`. */
const WITH_TYPE =
  /\b(?:from|import\s*\()\s*["']([^"'\n]+)["']\s*(?:,\s*\{\s*)?(?:with|assert)\s*:?\s*\{\s*["']?type["']?\s*:\s*["'](text|file)["']/g;

/** The code of a server's script and of its packages, as it goes into the bundle. */
export class UserSources {
  readonly #root: string;
  readonly #external: readonly string[];
  readonly #texts = new Map<string, { readonly source: string; readonly text: string }>();
  /** Files of code that something imports as text or as files. Whoever does is read before they are. */
  readonly #assets = new Map<string, "text" | "file">();

  constructor(root: string, external: readonly string[]) {
    this.#root = root;
    this.#external = external;
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
          const loader = codeLoader(path);
          if (loader === undefined || path.startsWith(own)) return undefined;
          const { source, text } = this.#textOf(path);
          this.#noteAssets(path, source);
          return text === source ? undefined : { contents: text, loader };
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
    const loader = codeLoader(path) ?? "js";
    const text = rewriteResolveCalls(
      source,
      (code) => toJavaScript(code, loader),
      (specifier) => resolveAnswer(this.#root, path, specifier, this.#external),
    );
    const both = { source, text };
    this.#texts.set(path, both);
    return both;
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
}
