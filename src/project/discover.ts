import { readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { Fault } from "../fault.ts";
import { readField } from "../support/read-field.ts";
import { readManifest } from "./manifest.ts";
import { findSource, SOURCE_EXTENSIONS, sourcesIn } from "./source-file.ts";
import { isDirectory, isFile } from "../support/files.ts";

const TELLING_NAMES = ["handler", "lambda", "index", "main", "app", "server"];
const HANDLER_FOLDERS = ["src/handlers", "src/functions", "src/lambdas", "handlers", "functions", "lambdas"];

export interface FoundEntries {
  readonly files: readonly string[];
  /** What told that it is these, in a few words. */
  readonly rule: string;
}

/**
 * The entries of a project that names none.
 * @throws Fault MAYFLY_NO_ENTRY, which lists what was looked for
 */
export function discoverEntries(root: string): FoundEntries {
  const found = findEntries(root);
  if (found.files.length === 0) throw noEntry(root);
  return found;
}

/** The same, with nothing for nothing. */
export function findEntries(root: string): FoundEntries {
  const told = findToldEntries(root);
  if (told.files.length > 0) return told;
  const inSrc = only(sourcesIn(join(root, "src")));
  return inSrc.length > 0
    ? { files: inSrc, rule: "the only source file in src" }
    : { files: only(sourcesIn(root)), rule: "the only source file" };
}

/**
 * Only those that a name tells: by chance a lone file may be anything else, such as a tool's configuration. The first rule that finds anything decides:
 * 1. package.json `source`; 2. src/handler|lambda|index|main|app|server.*; 3. the same in the root;
 * 4. every file of a folder for handlers; 5. package.json `main` or `module`.
 */
export function findToldEntries(root: string): FoundEntries {
  const manifest = readManifest(root);
  const named = (base: string): string[] =>
    TELLING_NAMES.flatMap((name) => findSource(join(root, base, name)) ?? []).slice(0, 1);
  const rules: readonly (readonly [string, () => string[]])[] = [
    ['"source" in package.json', () => manifestSource(root, manifest, "source")],
    ["its name", () => named("src")],
    ["its name", () => named(".")],
    ["its folder", () => HANDLER_FOLDERS.flatMap((folder) => handlersOf(join(root, folder)))],
    ['"main" in package.json', () => manifestSource(root, manifest, "main")],
    ['"module" in package.json', () => manifestSource(root, manifest, "module")],
  ];
  for (const [rule, find] of rules) {
    const files = find();
    if (files.length > 0) return { files, rule };
  }
  return { files: [], rule: "" };
}

/** Each file, and for a folder inside, its index or handler file. */
function handlersOf(folder: string): string[] {
  if (!isDirectory(folder)) return [];
  const nested = readdirSync(folder)
    .toSorted()
    .filter((name) => !name.startsWith(".") && isDirectory(join(folder, name)))
    .flatMap((name) => TELLING_NAMES.flatMap((file) => findSource(join(folder, name, file)) ?? []).slice(0, 1));
  return [...sourcesIn(folder), ...nested];
}

function only(files: string[]): string[] {
  return files.length === 1 ? files : [];
}

function manifestSource(root: string, manifest: unknown, field: "source" | "main" | "module"): string[] {
  const value = readField(manifest, field);
  if (typeof value !== "string") return [];
  const path = join(root, value);
  return SOURCE_EXTENSIONS.includes(extname(path)) && isFile(path) ? [path] : [];
}

function noEntry(root: string): Fault {
  const sources = [...sourcesIn(join(root, "src")), ...sourcesIn(root)];
  const names = TELLING_NAMES.join("|");
  return new Fault("MAYFLY_NO_ENTRY", `Found no handler file in ${root}.`, {
    hint: [
      "Looked for:",
      `  mayfly.config.ts with "functions"`,
      `  src/${names}.ts (or .mts .cts .tsx .js .mjs .cjs .jsx), and the same in the project root`,
      `  files in ${HANDLER_FOLDERS.join(", ")}`,
      `  "source", "main" or "module" in package.json`,
      "  the only source file in src/ or in the project root",
      "  mix.exs of an Elixir project",
      sources[0] === undefined
        ? "Write src/handler.ts, or name the file: mayfly build path/to/hello.ts"
        : `Name the file: mayfly build ${sources[0]}`,
    ].join("\n"),
  });
}
