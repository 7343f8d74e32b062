import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { Fault } from "../../fault.ts";
import { insteadOfFile, isDirectory, statOf } from "../../support/files.ts";
import { OWN_FOLDER } from "../unpacked-folder.ts";
import type { IncludeRule } from "../../project/types.ts";
import { nameTaken, type PackageFile } from "./package-files.ts";

const GLOB = /[*?[\]{}]/;

/** A file or link on its way into the package. */
interface Found {
  readonly name: string;
  readonly path: string;
}

/**
 * The files that the config includes. Links stay links where what they point to is in the package at the same place;
 * others are followed.
 * @param outputs earlier packages, which a folder must not bring into the next one; absolute paths
 * @throws Fault MAYFLY_INCLUDE for a rule that finds nothing
 */
export function includedFiles(
  root: string,
  rules: readonly IncludeRule[],
  outputs: ReadonlySet<string>,
): readonly PackageFile[] {
  const left = rules.filter(({ from }) => from.startsWith("!")).flatMap(({ from }) => leavesOut(from.slice(1)));
  const isLeftOut = (path: string): boolean =>
    outputs.has(path) || path.split(sep).includes(OWN_FOLDER) || left.some((glob) => glob.match(inside(root, path)));
  const found = new Map<string, Found>();
  for (const rule of rules.filter(({ from }) => !from.startsWith("!"))) {
    const files = filesOf(root, rule);
    if (files.length === 0) throw nothingFound(root, rule);
    for (const one of files) {
      if (isLeftOut(one.path)) continue;
      const other = found.get(one.name);
      if (other !== undefined && other.path !== one.path) throw nameTaken(one.path, one.name, other.path);
      found.set(one.name, one);
    }
  }
  const all = [...found.values()];
  const folders = new Set(all.flatMap(({ name }) => parents(name)));
  return all.flatMap((one) => {
    if (!lstatSync(one.path).isSymbolicLink()) return describe(one);
    const target = readlinkSync(one.path);
    const destination = posix.normalize(posix.join(posix.dirname(one.name), target));
    const stays = !target.startsWith("/") && (found.has(destination) || folders.has(destination));
    return stays
      ? [{ ...one, bytes: target.length, executable: false, link: target }]
      : followed(one, one.path, [], isLeftOut);
  });
}

/** A folder that is named goes with all that is in it, as when it is taken. */
function leavesOut(pattern: string): readonly Bun.Glob[] {
  const clean = clear(pattern);
  const below = GLOB.test(posix.basename(clean)) ? [] : [`${clean}/**`];
  return [clean, ...below].map((one) => new Bun.Glob(one));
}

function clear(path: string): string {
  return posix.normalize(path).replace(/\/$/, "");
}

/** What a rule takes, by the names it gets in the package. */
function filesOf(root: string, { from, to }: IncludeRule): readonly Found[] {
  const clean = clear(from);
  const base = GLOB.test(clean) ? fixedPart(clean) : clean;
  const name = (path: string): string => {
    const rest = inside(join(root, base), path);
    // A file that is named goes under its own name, a folder's content without the folder's.
    const below = rest === "" ? posix.basename(base) : rest;
    return to === undefined ? inside(root, path) : posix.normalize(posix.join(to, below));
  };
  const paths = GLOB.test(clean)
    ? [...new Bun.Glob(clean).scanSync({ cwd: root, dot: true, onlyFiles: false })].map((path) => join(root, path))
    : [join(root, clean)];
  return paths.flatMap(walk).map((path) => ({ name: name(path), path }));
}

/** Of a pattern, the folder that it begins with. */
function fixedPart(pattern: string): string {
  const parts = pattern.split("/");
  return (
    parts
      .slice(
        0,
        parts.findIndex((part) => GLOB.test(part)),
      )
      .join("/") || "."
  );
}

/** Files and links at and below a path; nothing for a path that isn't there. */
function walk(path: string): readonly string[] {
  const info = lstatSync(path, { throwIfNoEntry: false });
  if (info === undefined) return [];
  if (!info.isDirectory()) return info.isFile() || info.isSymbolicLink() ? [path] : [];
  return readdirSync(path).flatMap((name) => walk(join(path, name)));
}

function describe({ name, path }: Found): PackageFile[] {
  const info = statSync(path);
  return info.isFile() ? [{ name, path, bytes: info.size, executable: (info.mode & 0o111) !== 0 }] : [];
}

/**
 * What a link points to, in its place. A link to a folder around itself has no end and is left out.
 * @param place where it seems to lie in the project, by which more of it may be left out
 */
function followed(
  { name, path }: Found,
  place: string,
  around: readonly string[],
  isLeftOut: (place: string) => boolean,
): readonly PackageFile[] {
  if (statOf(path) === undefined) {
    throw new Fault("MAYFLY_INCLUDE", `${path} is a link to nothing.`, {
      hint: `Remove it, or leave it out with include: ["!${posix.normalize(name)}"]`,
    });
  }
  const real = realpathSync(path);
  if (around.includes(real)) return [];
  if (!isDirectory(real)) return describe({ name, path: real });
  return readdirSync(real).flatMap((child) => {
    const one = { name: `${name}/${child}`, path: join(real, child) };
    const inPlace = join(place, child);
    if (isLeftOut(inPlace)) return [];
    const info = lstatSync(one.path, { throwIfNoEntry: false });
    // A name that is no UTF-8 can be listed, and not opened.
    if (info === undefined) return [];
    return info.isDirectory() || info.isSymbolicLink()
      ? followed(one, inPlace, [...around, real], isLeftOut)
      : describe(one);
  });
}

function parents(name: string): readonly string[] {
  const folder = posix.dirname(name);
  return folder === "." ? [] : [folder, ...parents(folder)];
}

function inside(folder: string, path: string): string {
  return relative(folder, path).split(sep).join("/");
}

function nothingFound(root: string, { from }: IncludeRule): Fault {
  const path = join(root, from);
  const other = insteadOfFile(path);
  if (other !== undefined && other !== "a folder") {
    return new Fault("MAYFLY_INCLUDE", `include names ${from}, which is ${other}: no package can hold it.`, {
      hint: "Name a file or a folder; of a folder, such things are left out.",
    });
  }
  return new Fault("MAYFLY_INCLUDE", `include names ${from}, and there is nothing such in ${root}.`, {
    hint: GLOB.test(from)
      ? "The pattern has to match from the config's folder on."
      : `If another tool makes ${path}, run it before mayfly build${isDirectory(dirname(path)) ? "" : `; not even ${dirname(path)} is there`}.`,
  });
}
