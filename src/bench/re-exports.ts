import { readFileSync } from "node:fs";
import { dirname, extname } from "node:path";

/** What a module that only passes exports on is made of, besides comments and blanks. */
const PASSING_ON =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|\b(?:import|export)\b[^;"'()]*?\bfrom\s*(["'])[^"'\n]+\1|\bexport\s*\{[^}]*\}|["']use strict["']|[\s;]+/g;

/**
 * The files that a module passes exports on from, if it does nothing else: the bundler puts what imports it straight
 * through, so that it is missing in the list of what went into the bundle.
 * @returns absolute paths; empty for any other module
 */
export function passedOn(file: string): readonly string[] {
  const loader = LOADERS[extname(file)];
  if (loader === undefined) return [];
  const text = readFileSync(file, "utf8");
  if (text.replace(PASSING_ON, "") !== "") return [];
  const imports = new Bun.Transpiler({ loader }).scanImports(text);
  return imports.flatMap(({ path }) => resolve(path, dirname(file)) ?? []);
}

const LOADERS: Readonly<Record<string, "js" | "ts">> = {
  ".js": "js",
  ".mjs": "js",
  ".ts": "ts",
  ".mts": "ts",
};

/** A way that can't be found is one way less to show: what was built is found by other ways. */
function resolve(specifier: string, folder: string): string | undefined {
  try {
    return Bun.resolveSync(specifier, folder);
  } catch {
    // The bundler has other means: a tsconfig's paths, a plugin.
    return undefined;
  }
}
