import { readdirSync, realpathSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { isDirectory, isFile, statOf } from "../../../support/files.ts";
import { HOLE } from "./path-values.ts";

/** Never packed by itself: what is installed, what git has, and secrets. */
const LEFT = /^(?:node_modules|\.git|\.mayfly|\.DS_Store|\.env(?:\..*)?)$/;

/**
 * The files that a path can mean.
 * @param path absolute, with holes
 * @param from the module that names it: nothing below a folder that it lies in is taken, unless more of its name is known
 */
export function filesMeant(path: string, from: string): readonly string[] {
  const isAround = (folder: string): boolean => from.startsWith(folder.endsWith(sep) ? folder : folder + sep);
  if (!path.includes(HOLE)) {
    const plain = path.length > 1 && path.endsWith(sep) ? path.slice(0, -1) : path;
    if (LEFT.test(basename(plain))) return [];
    if (isFile(plain)) return [plain];
    return isDirectory(plain) && !isAround(plain) ? filesBelow(plain) : [];
  }
  const folder = fixedFolder(path);
  if (folder === undefined) return [];
  const deep = !isAround(folder);
  const rest = path.slice(folder.length + 1);
  // In a folder that the module itself is in, any name would be all there is.
  if (!deep && /^\0*$/.test(rest)) return [];
  const pattern = holesPattern(rest, deep ? ".*" : "[^/]*");
  const depth = deep ? Number.POSITIVE_INFINITY : rest.split("/").length;
  return filesBelow(folder, depth).filter((file) =>
    pattern.test(
      file
        .slice(folder.length + 1)
        .split(sep)
        .join("/"),
    ),
  );
}

/** @param hole what may be in a hole, as a pattern */
export function holesPattern(text: string, hole: string): RegExp {
  return new RegExp(`^${text.split(/\0+/).map(escapePattern).join(hole)}$`, "s");
}

/** The folder in front of the first hole, or of the name; `undefined` where that is the whole file system. */
export function fixedFolder(path: string): string | undefined {
  const folder = dirname(path.includes(HOLE) ? `${path.slice(0, path.indexOf(HOLE))}x` : path);
  return folder === sep || folder === "." || !isDirectory(folder) ? undefined : folder;
}

/** Links are followed, but none to a folder around itself. */
export function filesBelow(
  folder: string,
  depth: number = Number.POSITIVE_INFINITY,
  around: readonly string[] = [],
): readonly string[] {
  const real = realpathSync(folder);
  if (around.includes(real)) return [];
  return readdirSync(folder)
    .filter((name) => !LEFT.test(name))
    .toSorted()
    .flatMap((name) => {
      const path = join(folder, name);
      const info = statOf(path);
      if (info?.isFile() === true) return [path];
      return info?.isDirectory() === true && depth > 1 ? filesBelow(path, depth - 1, [...around, real]) : [];
    });
}

export function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** Data that lies beside a module and is named in it, as the loaders of WebAssembly have it: they put the path together at run time. */
export function namedBeside(module: string, names: readonly string[]): readonly string[] {
  return names.map((name) => join(dirname(module), name)).filter((path) => !LEFT.test(basename(path)) && isFile(path));
}
