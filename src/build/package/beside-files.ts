import type { PackageFile } from "./package-files.ts";

/**
 * What the build has found that code needs beside the program, without what is there already, as by `include`.
 * @param outputs earlier packages, which no folder must bring into the next one
 */
export function besideFiles(
  found: readonly PackageFile[],
  own: readonly PackageFile[],
  outputs: ReadonlySet<string>,
): readonly PackageFile[] {
  const taken = new Set(own.map(({ name }) => name));
  return found.filter(({ name, path }) => !taken.has(name) && !outputs.has(path));
}
