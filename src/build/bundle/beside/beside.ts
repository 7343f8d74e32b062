import { lstatSync, realpathSync, statSync } from "node:fs";
import { dirname, extname, isAbsolute, posix } from "node:path";
import { binaryKindOf } from "../../../support/binary-kind.ts";
import { installedFolder } from "../../../support/installed-folder.ts";
import { packageName, packageOfFile } from "../../../support/package-name.ts";
import type { BuildTarget } from "../../target.ts";
import type { PackageFile } from "../../package/package-files.ts";
import { placeOf } from "../linking/module-place.ts";
import { checkNativeFiles } from "./check-binaries.ts";
import type { OutsidePackages } from "./outside-packages.ts";
import type { FilesRead } from "./read-files.ts";
import { withQueryEngine } from "./query-engine.ts";
import { targetFiles } from "./target-files.ts";
import { traceFiles } from "./trace.ts";

/** Code of a package that is read as a file is run as one, as by a worker. */
const PACKAGE_CODE = /[\\/]node_modules[\\/].*\.[cm]?js$/;

export interface BesideRequest {
  readonly root: string;
  readonly target: BuildTarget;
  readonly read: FilesRead;
  /** Native add-ons that modules import: absolute paths, by where they lie in the package. */
  readonly addons: ReadonlyMap<string, string>;
  readonly outside: OutsidePackages;
}

export interface Beside {
  readonly files: readonly PackageFile[];
  /** Names of the packages that stay outside for their native code. */
  readonly native: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * What lies beside a program: the files that its modules read, the packages that stay outside of it, and what all these
 * need that are run as they are.
 * @throws Fault MAYFLY_ADDON_TARGET, MAYFLY_ADDON_LIBRARIES, MAYFLY_PACKAGE_DOWNLOAD
 */
export async function besideProgram({ root, target, read, addons, outside }: BesideRequest): Promise<Beside> {
  const found = [...outside.named].flatMap(([specifier, importer]) => asEngineFinds(specifier, dirname(importer)));
  const run = [...read.files.values()].filter((file) => PACKAGE_CODE.test(file));
  // What runs apart can be told what to load, as pino's workers are.
  const told = run.length > 0 ? [...read.texts].flatMap((name) => asEngineFinds(name, root)) : [];
  const traced = await traceFiles(root, [...run, ...told, ...outside.entries, ...found], outside.trace);
  const needed = new Map([...read.files, ...addons, ...(await targetFiles(root, traced, target))]);
  const files = withQueryEngine(needed, target);
  const warnings = checkNativeFiles(files, target);
  const links = [...outside.named].flatMap(([specifier, importer]) => rootLink(root, specifier, importer, files));
  const packed = [...files].map(([name, path]) => describe(root, name, path));
  const native = [...outside.native].flatMap((folder) => packageOfFile(placeOf(root, folder)) ?? []);
  return { files: [...packed, ...links], native: native.toSorted(), warnings };
}

/** At run time it looks by its own conditions. */
function asEngineFinds(specifier: string, folder: string): readonly string[] {
  try {
    const found = Bun.resolveSync(specifier, folder);
    // The engine's own modules are found by their names, packages like ws by names that it has too.
    return isAbsolute(found) ? [found] : [];
  } catch {
    // What the bundler found, if anything, is all there is.
    return [];
  }
}

/** The program is below no folder of packages but the root's: a package that is installed deeper is linked from there. */
function rootLink(
  root: string,
  specifier: string,
  importer: string,
  files: ReadonlyMap<string, string>,
): readonly PackageFile[] {
  const wanted = packageName(specifier);
  const name = `node_modules/${wanted}`;
  const folder = installedFolder(wanted, dirname(importer));
  if (folder === undefined || files.has(`${name}/package.json`) || files.has(name)) return [];
  const link = posix.relative(posix.dirname(name), placeOf(root, realpathSync(folder)));
  return [{ name, path: folder, bytes: link.length, executable: false, link }];
}

function describe(root: string, name: string, path: string): PackageFile {
  const { size, mode } = statSync(path);
  // What the registry's archives say of it is lost.
  const isProgram = extname(name) === "" && binaryKindOf(path).kind === "elf";
  const file = { name, path, bytes: size, executable: isProgram || (mode & 0o111) !== 0 };
  // Package managers link packages that others need too; what is linked is packed as well.
  if (!lstatSync(path).isSymbolicLink()) return file;
  const link = posix.relative(posix.dirname(name), placeOf(root, realpathSync(path)));
  return { ...file, bytes: link.length, executable: false, link };
}
