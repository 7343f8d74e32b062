import { extname } from "node:path";

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

const transpilers = new Map<Bun.Loader, Bun.Transpiler>();

/** As what the engine reads a file of code; `undefined` for any other file. */
export function codeLoader(path: string): Bun.Loader | undefined {
  return LOADERS[extname(path)];
}

/** Code without its types and its JSX. */
export function toJavaScript(source: string, loader: Bun.Loader): string {
  if (loader === "js") return source;
  let transpiler = transpilers.get(loader);
  if (transpiler === undefined) {
    transpiler = new Bun.Transpiler({
      loader: loader === "ts" ? "ts" : loader === "tsx" ? "tsx" : "jsx",
      trimUnusedImports: loader !== "jsx",
    });
    transpilers.set(loader, transpiler);
  }
  return transpiler.transformSync(source);
}
