import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { MIX_FILE } from "./mix.ts";
import { isDirectory } from "../support/files.ts";

export const MANIFEST_FILE = "package.json";

const CONFIG_NAMES: readonly string[] = [
  "mayfly.config.ts",
  "mayfly.config.mts",
  "mayfly.config.js",
  "mayfly.config.mjs",
];

/** The nearest folder from `start` upward with a package.json, a mix.exs or a Mayfly config, if there is one. */
export function findRoot(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const names = isDirectory(folder) ? readdirSync(folder) : [];
    if ([MANIFEST_FILE, MIX_FILE, ...CONFIG_NAMES].some((name) => names.includes(name))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

export function findConfig(root: string): string | undefined {
  const names = isDirectory(root) ? readdirSync(root) : [];
  const name = CONFIG_NAMES.find((candidate) => names.includes(candidate));
  return name === undefined ? undefined : join(root, name);
}
