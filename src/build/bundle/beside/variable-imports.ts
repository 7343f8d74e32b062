import { dirname, join, relative, sep } from "node:path";
import type { Edit } from "../defer/edits.ts";
import { placeOf } from "../linking/module-place.ts";
import { HOLE } from "./path-values.ts";
import type { Says } from "./packed-paths.ts";
import type { CodePaths, VariableImport } from "./code-paths.ts";
import { filesBelow, fixedFolder, holesPattern } from "./matching-files.ts";

/** What written calls go to: runtime/places/known-module.ts. */
export const KNOWN_MODULE = "mayfly:known-module";

/** As Node.js and bundlers try them for a name without one. */
const EXTENSIONS = [".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".jsx", ".tsx", ".json"];
const CODE = /\.(?:[cm]?[jt]sx?|json)$/;
const NO_MODULE = /\.d\.[cm]?ts$|\.(?:test|spec)\.\w+$|[\\/]__tests__[\\/]/;

/** Modules by what they can be asked for: `/` and where they lie in the package, or a package's name. */
type ImportableModules = ReadonlyMap<string, string>;

/** Whether a variable can be the name of any package. */
export function isOfAnyName({ value, isPath }: VariableImport): boolean {
  return !isPath && value.kind === "text" && /^\0+$|^[@\w]/.test(value.text);
}

/** What a variable `import()` or `require` of a fixed folder can mean, as bundlers take it; the values are what to import. */
function importableModules(root: string, file: string, { value }: VariableImport): ImportableModules {
  const path = value.kind !== "text" ? value.text : /^\.\.?\//.test(value.text) ? join(dirname(file), value.text) : "";
  const folder = path === "" ? undefined : fixedFolder(path);
  if (folder === undefined) return new Map();
  const rest = path.slice(folder.length + 1);
  const deep = !file.startsWith(folder + sep);
  const pattern = holesPattern(rest, deep ? ".*" : "[^/]*");
  const depth = deep ? Number.POSITIVE_INFINITY : rest.split("/").length;
  // One folder more, for the index of a folder that is asked for.
  const found = filesBelow(folder, depth + 1).filter((one) => CODE.test(one) && !NO_MODULE.test(one) && one !== file);
  const known = new Map<string, string>();
  for (const one of found.toSorted((a, b) => rank(a) - rank(b))) {
    for (const name of namesOf(one)) {
      if (!pattern.test(name.slice(folder.length + 1)) || name === folder) continue;
      const key = `/${placeOf(root, name)}`;
      if (!known.has(key)) known.set(key, specifierOf(one, file));
    }
  }
  return known;
}

function rank(file: string): number {
  return EXTENSIONS.findIndex((extension) => file.endsWith(extension));
}

/** What a file can be asked for by: TypeScript also as what is made of it. */
function namesOf(file: string): readonly string[] {
  const stem = file.replace(/\.\w+$/, "");
  const made = file.replace(/\.([cm]?)tsx?$/, ".$1js");
  const folder = stem.endsWith(`${sep}index`) ? [dirname(file)] : [];
  return [...new Set([file, made, stem]), ...folder];
}

function specifierOf(module: string, importer: string): string {
  const path = relative(dirname(importer), module).split(sep).join("/");
  return path.startsWith("../") ? path : `./${path}`;
}

/** Has an import look among modules that are in the program first. */
function knownImport(
  code: string,
  place: string,
  one: VariableImport,
  known: ImportableModules,
  helper: string,
): readonly Edit[] {
  const { node, argument, kind } = one;
  // An import's options, and a comma.
  const more = code.slice(argument.end, node.end - 1);
  const load = (specifier: string): string => `() => ${kind}(${specifier}${more})`;
  const table = [...known].map(([key, specifier]) => `${JSON.stringify(key)}: ${load(JSON.stringify(specifier))}`);
  return [
    { start: node.start, end: argument.start, text: `${helper}(${JSON.stringify(place)}, { ${table.join(", ")} }, ` },
    { start: argument.end, end: node.end, text: `, ($mayfly) => ${kind}($mayfly${more}))` },
  ];
}

/** How a module gets at what `knownImport` calls; CommonJS stays that. */
function knownHelper({ isModule, start }: CodePaths): { readonly name: string; readonly edit: Edit } {
  const name = "$mayfly_known";
  const text = isModule
    ? `import { knownModule as ${name} } from "${KNOWN_MODULE}"; `
    : `var ${name} = require("${KNOWN_MODULE}.cjs").knownModule; `;
  return { name, edit: { start, end: start, text } };
}

/** Where a part of the name is known, as in `"driver-" + name`. */
function isNameOf({ value }: VariableImport, name: string): boolean {
  return holesPattern(value.text, ".*").test(name);
}

export interface ImportsRequest {
  readonly root: string;
  readonly file: string;
  readonly code: string;
  readonly found: CodePaths;
  /** Packages that can be meant where nothing is known. */
  readonly named: readonly string[];
}

/** Has each variable import that can be told look among modules of the program. */
export function importEdits({ root, file, code, found, named }: ImportsRequest, says: Says): readonly Edit[] {
  const helper = knownHelper(found);
  const edits = found.imports.flatMap((one) => {
    const known = isOfAnyName(one)
      ? new Map(named.filter((name) => isNameOf(one, name)).map((name) => [name, name] as const))
      : importableModules(root, file, one);
    if (known.size > 0) return knownImport(code, placeOf(root, file), one, known, helper.name);
    if (one.value.text.includes(HOLE)) says(one.line, nothingKnown(one));
    return [];
  });
  return edits.length === 0 ? [] : [helper.edit, ...edits];
}

function nothingKnown({ kind }: VariableImport): string {
  return `what this ${kind === "import" ? "import()" : "require"} loads is known only when it runs, so it isn't packed. Name the files in include of mayfly.config.ts, or write each module's name where it is loaded.`;
}
