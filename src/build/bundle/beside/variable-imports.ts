import { dirname, join, relative, sep } from "node:path";
import type { Edit } from "../defer/edits.ts";
import { placeOf } from "../linking/module-place.ts";
import type { CodePaths, VariableImport } from "./code-paths.ts";
import { escapePattern, filesBelow, fixedFolder } from "./matching-files.ts";

/** What written calls go to: runtime/places/known-module.ts. */
export const KNOWN_MODULE = "mayfly:known-module";

/** As Node.js and bundlers try them for a name without one. */
const EXTENSIONS = [".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".jsx", ".tsx", ".json"];
const CODE = /\.(?:[cm]?[jt]sx?|json)$/;
const NO_MODULE = /\.d\.[cm]?ts$|\.(?:test|spec)\.\w+$|[\\/]__tests__[\\/]/;

/** Modules by what they can be asked for: `/` and where they lie in the package, or a package's name. */
export type ImportableModules = ReadonlyMap<string, string>;

/** What a variable `import()` or `require` of a fixed folder can mean, as bundlers take it; the values are what to import. */
export function importableModules(root: string, file: string, { value }: VariableImport): ImportableModules {
  const path = value.kind !== "text" ? value.text : /^\.\.?\//.test(value.text) ? join(dirname(file), value.text) : "";
  const folder = path === "" ? undefined : fixedFolder(path);
  if (folder === undefined) return new Map();
  const rest = path.slice(folder.length + 1);
  const deep = !file.startsWith(folder + sep);
  const pattern = new RegExp(
    `^${rest
      .split(/\0+/)
      .map(escapePattern)
      .join(deep ? ".*" : "[^/]*")}$`,
    "s",
  );
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
export function knownImport(
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
export function knownHelper({ isModule, start }: CodePaths): { readonly name: string; readonly edit: Edit } {
  const name = "$mayfly_known";
  const text = isModule
    ? `import { knownModule as ${name} } from "${KNOWN_MODULE}"; `
    : `var ${name} = require("${KNOWN_MODULE}.cjs").knownModule; `;
  return { name, edit: { start, end: start, text } };
}
