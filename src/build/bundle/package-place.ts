import { createRequire } from "node:module";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { installedFolder } from "../../support/installed-folder.ts";
import { isEngineModule, isEnginePackage } from "./engine-modules.ts";

/** What `require.resolve` of a module means in the package. */
type ResolvedPlace =
  | { readonly kind: "builtin" }
  /** Where the file would lie, from the package's folder on, with `/` and without one before it. */
  | { readonly kind: "file"; readonly place: string }
  /** For the function to find out. `from` is where its module would lie, if there is such a place. */
  | { readonly kind: "later"; readonly from: string | undefined };

/** The package's folder. A module can have a `process` of its own. */
const PACKAGE = "globalThis.process.env.LAMBDA_TASK_ROOT";

/**
 * Code for what `require.resolve` of a module answers in the package. It begins with no bracket: a line before it may
 * have no semicolon.
 * @param importer absolute path of the module that asks
 * @param external packages that are to be found at run time
 */
export function resolveAnswer(root: string, importer: string, specifier: string, external: readonly string[]): string {
  const resolution = resolveInPackage(root, importer, specifier, external);
  if (resolution.kind !== "later") return written(resolution, specifier);
  return `require.resolve(${JSON.stringify(specifier)}, { paths: [${inPackage(resolution.from ?? "")}] })`;
}

/** The same, `undefined` where it is for the function to find out. */
export function knownAnswer(
  root: string,
  importer: string,
  specifier: string,
  external: readonly string[],
): string | undefined {
  const resolution = resolveInPackage(root, importer, specifier, external);
  return resolution.kind === "later" ? undefined : written(resolution, specifier);
}

function written(resolution: Exclude<ResolvedPlace, { readonly kind: "later" }>, specifier: string): string {
  return resolution.kind === "builtin" ? JSON.stringify(specifier) : inPackage(resolution.place);
}

function inPackage(place: string): string {
  return place === "" ? PACKAGE : `"".concat(${PACKAGE}, ${JSON.stringify(`/${place}`)})`;
}

function resolveInPackage(
  root: string,
  importer: string,
  specifier: string,
  external: readonly string[],
): ResolvedPlace {
  if (isEngineModule(specifier)) return { kind: "builtin" };
  const later = { kind: "later", from: placeOf(root, dirname(importer)) } as const;
  if (isAbsolute(specifier) || external.some((one) => isMeant(one, specifier))) return later;
  let file: string;
  try {
    file = createRequire(importer).resolve(isEnginePackage(specifier) ? installed(specifier, importer) : specifier);
  } catch {
    return later;
  }
  const place = isAbsolute(file) ? placeOf(root, file) : undefined;
  return place === undefined ? later : { kind: "file", place };
}

/** The folder of a package that the engine would give its own module for. */
function installed(name: string, importer: string): string {
  const folder = dirname(importer);
  return installedFolder(name, folder) ?? join(folder, "node_modules", name);
}

/** Beside the bootstrap things lie as in the project, and packages of a folder above it as if they were its own. */
function placeOf(root: string, path: string): string | undefined {
  const inside = relative(root, path);
  const isInside = inside !== ".." && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
  const packages = path.lastIndexOf(join(sep, "node_modules", sep));
  if (!isInside && packages === -1) return undefined;
  return (isInside ? inside : path.slice(packages + 1)).split(sep).join("/");
}

/** As the bundler reads `external`: a package with all below it, or a pattern with one `*`. */
function isMeant(external: string, specifier: string): boolean {
  const star = external.indexOf("*");
  if (star === -1) return specifier === external || specifier.startsWith(`${external}/`);
  return specifier.startsWith(external.slice(0, star)) && specifier.endsWith(external.slice(star + 1));
}
