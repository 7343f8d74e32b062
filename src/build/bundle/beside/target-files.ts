import { basename, join, relative, sep } from "node:path";
import { binaryKindOf } from "../../../support/binary-kind.ts";
import type { BuildTarget } from "../../target.ts";
import { runsOn } from "../addon.ts";
import { placeOf } from "../linking/module-place.ts";
import { fetchPackage } from "./fetch-package.ts";
import { filesBelow } from "./matching-files.ts";
import { isBinaryName } from "./native-packages.ts";
import { installedFolder } from "../../../support/installed-folder.ts";
import { manifestIn, modulesFolder, folderOfPackage } from "./package-folder.ts";
import { isMadeFor, isNamedFor, platformPackages } from "./platform.ts";

/** Of what a package is published with, what nobody reads at run time. */
const UNREAD =
  /\.(?:md|markdown|map|flow|[cm]?ts|h|hpp|c|cc|cpp|gyp|gypi)$|[\\/](?:LICENSE|LICENCE|CHANGELOG)[^\\/]*$/i;

/**
 * What of installed packages a target needs: of those for one platform each the target's, as npm would install them there,
 * fetched where this machine's are others, and of add-ons that lie side by side for several the target's.
 * @param traced absolute paths of what they need on any machine
 * @returns absolute paths, by where they lie in the package
 * @throws Fault MAYFLY_PACKAGE_DOWNLOAD
 */
export async function targetFiles(
  root: string,
  traced: readonly string[],
  target: BuildTarget,
): Promise<ReadonlyMap<string, string>> {
  const folders = new Set(traced.flatMap((file) => folderOfPackage(file) ?? []));
  const manifests = new Map([...folders].map((folder) => [folder, manifestIn(folder)] as const));
  const files = new Map<string, string>();
  for (const file of traced) {
    const folder = folderOfPackage(file);
    if (folder !== undefined && !isFor(folder, manifests.get(folder), target)) continue;
    if (folder !== undefined && isOfOther(file, folder, target)) continue;
    files.set(placeOf(root, file), file);
  }
  for (const [folder, manifest] of manifests) {
    if (!isFor(folder, manifest, target)) continue;
    // Generated ones have none, as Prisma's client.
    if (manifest !== undefined) files.set(placeOf(root, join(folder, "package.json")), join(folder, "package.json"));
    for (const file of ownBinaries(folder, target)) files.set(placeOf(root, file), file);
    await addPlatformPackages(root, { folder, place: placeOf(root, modulesFolder(folder)) }, manifest, target, files);
  }
  return withoutOthers(files, target);
}

/** Of binaries that don't say it in their names, those for the target, if a package has any. */
function withoutOthers(files: ReadonlyMap<string, string>, target: BuildTarget): ReadonlyMap<string, string> {
  const isWhole = (file: string): boolean => !isBinaryName(file) || runsOn(binaryKindOf(file), target);
  const served = new Set(
    [...files.values()].flatMap((file) => (isBinaryName(file) && isWhole(file) ? (folderOfPackage(file) ?? []) : [])),
  );
  return new Map([...files].filter(([, file]) => isWhole(file) || !served.has(folderOfPackage(file) ?? "")));
}

function isFor(folder: string, manifest: unknown, target: BuildTarget): boolean {
  return isMadeFor(manifest, target) && isNamedFor(basename(folder), target) !== false;
}

interface Home {
  /** Of the package that asks. */
  readonly folder: string;
  /** Where in the package the `node_modules` is that it lies in. */
  readonly place: string;
}

async function addPlatformPackages(
  root: string,
  { folder, place }: Home,
  manifest: unknown,
  target: BuildTarget,
  files: Map<string, string>,
): Promise<void> {
  for (const [name, version] of platformPackages(manifest)) {
    const found = installedFolder(name, folder);
    // Not all say it in their package.json.
    if (isNamedFor(name, target) !== true || (found !== undefined && !isMadeFor(manifestIn(found), target))) continue;
    const from = found ?? (await fetchPackage(name, version, root, target));
    const to = found === undefined ? `${place}/${name}` : placeOf(root, found);
    if (files.has(`${to}/package.json`) && found === undefined) continue;
    for (const file of filesBelow(from)) {
      if (UNREAD.test(file)) continue;
      files.set(`${to}/${relative(from, file).split(sep).join("/")}`, file);
    }
    files.set(`${to}/package.json`, join(from, "package.json"));
    await addPlatformPackages(root, { folder: from, place }, manifestIn(from), target, files);
  }
}

/** Add-ons for several platforms, in folders or files that are named for them. */
function ownBinaries(folder: string, target: BuildTarget): readonly string[] {
  return prebuilds(folder).filter((file) => isBinaryName(file) && !isOfOther(file, folder, target));
}

function prebuilds(folder: string): readonly string[] {
  try {
    return filesBelow(join(folder, "prebuilds"));
  } catch {
    // Most have none.
    return [];
  }
}

/** Whether a binary is named for another platform, or was compiled here where one for the target came with the package. */
function isOfOther(file: string, folder: string, target: BuildTarget): boolean {
  const inside = relative(folder, file).split(sep);
  const told = isBinaryName(file) ? inside : inside.slice(0, -1);
  if (told.some((part) => isNamedFor(part, target) === false)) return true;
  if (!isBinaryName(file)) return false;
  if (target.os === "linux" && /[.-]musl\b/.test(basename(file))) return true;
  // Made for one version of V8's interface each.
  const abi = /\babi(\d+)\b/.exec(basename(file))?.[1];
  if (abi !== undefined && abi !== process.versions.modules) return true;
  const isCompiled = inside[0] === "build";
  return isCompiled && prebuilds(folder).some((one) => isBinaryName(one) && !isOfOther(one, folder, target));
}
