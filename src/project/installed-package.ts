import { realpathSync } from "node:fs";
import { join } from "node:path";
import { isFile } from "../support/files.ts";
import { installedFolder } from "../support/installed-folder.ts";
import { packageName } from "../support/package-name.ts";
import { isFields, readField } from "../support/read-field.ts";
import { readJson } from "../support/read-json.ts";

export interface InstalledPackage {
  readonly name: string;
  /** Where it really lies. */
  readonly folder: string;
  /** Whether node_modules only has a link to it, as for the packages of a workspace. */
  readonly isLinked: boolean;
  /** Whether it has a script named "build". */
  readonly builds: boolean;
  readonly manifest: unknown;
}

/** The package of a specifier as it is installed for a module in `from`, whether or not it can be imported. */
export function installedPackage(specifier: string, from: string): InstalledPackage | undefined {
  const name = packageName(specifier);
  const place = installedFolder(name, from);
  if (place === undefined) return undefined;
  const folder = realpathSync(place);
  const manifest = readJson(join(folder, "package.json"));
  const builds = typeof readField(readField(manifest, "scripts"), "build") === "string";
  return { name, folder, isLinked: !/[\\/]node_modules[\\/]/.test(folder), builds, manifest };
}

/** Of the packages that a project's package.json names, those that are there, and built; sorted. */
export function installedPackages(root: string): readonly string[] {
  const manifest = readJson(join(root, "package.json"));
  const names = ["dependencies", "devDependencies", "optionalDependencies"].flatMap((field) =>
    Object.keys(readField(manifest, field) ?? {}),
  );
  return [...new Set(names)].filter((name) => isUsable(name, root)).toSorted();
}

function isUsable(name: string, root: string): boolean {
  const found = installedPackage(name, root);
  return found !== undefined && missingTarget(found, name) === undefined;
}

/** The file that a package's manifest names for a specifier, if it isn't there. */
export function missingTarget({ name, folder, manifest }: InstalledPackage, specifier: string): string | undefined {
  const subpath = `.${specifier.slice(name.length)}`;
  const exported = readField(manifest, "exports");
  const targets =
    exported === undefined
      ? mainFiles(manifest, subpath)
      : namedFiles(isFields(exported) && hasSubpaths(exported) ? readField(exported, subpath) : exported);
  if (targets.length === 0 || targets.some((target) => isFile(join(folder, target)))) return undefined;
  return targets[0]?.replace(/^\.\//, "");
}

function hasSubpaths(exported: object): boolean {
  return Object.keys(exported).some((key) => key.startsWith("."));
}

function mainFiles(manifest: unknown, subpath: string): readonly string[] {
  if (subpath !== ".") return [subpath];
  return ["module", "main"].map((field) => readField(manifest, field)).filter((one) => typeof one === "string");
}

/** Conditions that lead to code, in whatever order: one file that is there is enough. */
const CONDITIONS = ["node", "import", "module", "require", "default"];

function namedFiles(target: unknown): readonly string[] {
  if (typeof target === "string") return [target];
  if (Array.isArray(target)) return target.flatMap(namedFiles);
  return CONDITIONS.flatMap((condition) => namedFiles(readField(target, condition) ?? []));
}
