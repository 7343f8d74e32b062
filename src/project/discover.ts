import { readFileSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { Fault } from "../fault.ts";
import { readField } from "../support/read-field.ts";
import { messageOf } from "../support/system-error.ts";
import { findSource, SOURCE_EXTENSIONS, sourcesIn } from "./source-file.ts";
import { isDirectory, isFile } from "../support/files.ts";

const TELLING_NAMES = ["handler", "lambda", "index", "main", "app", "server"];
const HANDLER_FOLDERS = ["src/handlers", "src/functions", "src/lambdas", "handlers", "functions", "lambdas"];

/**
 * The entries of a project that names none.
 * @throws Fault MAYFLY_NO_ENTRY, which lists what was looked for
 */
export function discoverEntries(root: string): readonly string[] {
  const found = findEntries(root);
  if (found.length === 0) throw noEntry(root);
  return found;
}

/** The same, with nothing for nothing. */
export function findEntries(root: string): readonly string[] {
  const told = findToldEntries(root);
  if (told.length > 0) return told;
  const inSrc = only(sourcesIn(join(root, "src")));
  return inSrc.length > 0 ? inSrc : only(sourcesIn(root));
}

/**
 * Only those that a name tells: by chance a lone file may be anything else, such as a tool's configuration. The first rule that finds anything decides:
 * 1. package.json `source`; 2. src/handler|lambda|index|main|app|server.*; 3. the same in the root;
 * 4. every file of a folder for handlers; 5. package.json `main` or `module`.
 */
export function findToldEntries(root: string): readonly string[] {
  const manifest = readManifest(root);
  const named = (base: string): string[] =>
    TELLING_NAMES.flatMap((name) => findSource(join(root, base, name)) ?? []).slice(0, 1);
  const rules: readonly (() => string[])[] = [
    () => manifestSource(root, manifest, "source"),
    () => named("src"),
    () => named("."),
    () => HANDLER_FOLDERS.flatMap((folder) => handlersOf(join(root, folder))),
    () => [...manifestSource(root, manifest, "main"), ...manifestSource(root, manifest, "module")].slice(0, 1),
  ];
  for (const rule of rules) {
    const found = rule();
    if (found.length > 0) return found;
  }
  return [];
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

function readManifest(root: string): unknown {
  const path = join(root, "package.json");
  if (!isFile(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new Fault("MAYFLY_PACKAGE_JSON", `${path} is not valid JSON.`, {
      hint: messageOf(cause),
      cause,
    });
  }
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
