import { lstatSync, realpathSync, statSync } from "node:fs";
import { posix } from "node:path";
import type { PackageFile } from "../../package/package-files.ts";
import { placeOf } from "../linking/module-place.ts";
import { traceFiles } from "./trace.ts";

/** Code of a package that is read as a file is run as one, as by a worker. */
const PACKAGE_CODE = /[\\/]node_modules[\\/].*\.[cm]?js$/;

/**
 * What lies beside a program: the files that its modules read, and what those of them need that are run.
 * @param files absolute paths, by where they lie in the package
 */
export async function besideProgram(root: string, files: ReadonlyMap<string, string>): Promise<readonly PackageFile[]> {
  const entries = [...files.values()].filter((file) => PACKAGE_CODE.test(file));
  const traced = await traceFiles(root, entries, { cache: {} });
  const all = new Map([...files, ...traced.map((file) => [placeOf(root, file), file] as const)]);
  return [...all].map(([name, path]) => describe(root, name, path));
}

function describe(root: string, name: string, path: string): PackageFile {
  const { size, mode } = statSync(path);
  const file = { name, path, bytes: size, executable: (mode & 0o111) !== 0 };
  // Package managers link packages that others need too; what is linked is packed as well.
  if (!lstatSync(path).isSymbolicLink()) return file;
  const link = posix.relative(posix.dirname(name), placeOf(root, realpathSync(path)));
  return { ...file, bytes: link.length, executable: false, link };
}
