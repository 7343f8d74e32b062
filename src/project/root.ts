import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { isDirectory } from "./source-file.ts";

export const CONFIG_NAMES: readonly string[] = [
  "mayfly.config.ts",
  "mayfly.config.mts",
  "mayfly.config.js",
  "mayfly.config.mjs",
];

/** The nearest folder from `start` upward with a package.json or a Mayfly config, if there is one. */
export function findRoot(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const names = isDirectory(folder) ? readdirSync(folder) : [];
    if (names.includes("package.json") || CONFIG_NAMES.some((name) => names.includes(name))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

export function findConfig(root: string): string | undefined {
  const names = isDirectory(root) ? readdirSync(root) : [];
  const name = CONFIG_NAMES.find((candidate) => names.includes(candidate));
  return name === undefined ? undefined : join(root, name);
}
