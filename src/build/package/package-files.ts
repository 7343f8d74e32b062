import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { Fault } from "../../fault.ts";
import { isFile, statOf } from "../../support/files.ts";
import { ownerTag } from "../../support/left-over.ts";
import type { Slice } from "../../support/slices.ts";
import { writeSlices } from "./outdir.ts";
import type { ZipEntry } from "./zip.ts";

/** A file of the package besides the bootstrap. */
export interface PackageFile {
  /** Path in the package, with `/`. */
  readonly name: string;
  /** Absolute path of what is packed. */
  readonly path: string;
  readonly bytes: number;
  readonly executable: boolean;
  /** Set for a symbolic link: what it points to, relative to its folder. */
  readonly link?: string;
}

/** The files of a folder that becomes `name/` in the package. Links are followed. */
export function packageFiles(folder: string, name: string): readonly PackageFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) => {
      const info = statOf(path);
      if (info?.isFile() !== true) return [];
      const inside = relative(folder, path).split(sep).join("/");
      return [{ name: `${name}/${inside}`, path, bytes: info.size, executable: (info.mode & 0o111) !== 0 }];
    });
}

export function zipEntries(files: readonly PackageFile[]): readonly ZipEntry[] {
  return files.map(({ name, path, executable, link }) =>
    link === undefined
      ? { name, data: [readFileSync(path)], executable }
      : { name, data: [new TextEncoder().encode(link)], executable, link: true },
  );
}

/** Whether a folder has the files already, under the names that they have in the package. */
export function lieIn(folder: string, files: readonly PackageFile[]): boolean {
  return files.every((file) => isInPlace(file, folder));
}

/** Built into the project itself, what is included under its own path is where it belongs. */
function isInPlace({ name, path }: PackageFile, folder: string): boolean {
  return join(folder, name) === path;
}

/**
 * Puts files of the package beside a bootstrap. What lies there already is replaced, unless it is of the project.
 * @throws Fault MAYFLY_OUTDIR
 */
export function placeFiles(all: readonly PackageFile[], folder: string, root: string): void {
  const files = all.filter((file) => !isInPlace(file, folder));
  const sources = new Set(all.map(({ path }) => path));
  const isInstalled = folder === root || (isFile(join(folder, "package.json")) && !lieBeside(all, "package.json"));
  for (const { name } of files) {
    const to = join(folder, name);
    if (isInstalled && name.startsWith("node_modules/")) {
      throw placeFault(`${to} would be written into the packages that are installed there`);
    }
    if (sources.has(to) || (folder === root && existsSync(to))) {
      throw placeFault(`${to} would be replaced by the file of that name in the package`);
    }
  }
  for (const { name, path, link, executable } of files) {
    const to = join(folder, name);
    mkdirSync(dirname(to), { recursive: true });
    rmSync(to, { force: true });
    if (link !== undefined) {
      symlinkSync(link, to);
      continue;
    }
    copyFileSync(path, to);
    chmodSync(to, executable ? 0o755 : 0o644);
  }
}

function lieBeside(files: readonly PackageFile[], wanted: string): boolean {
  return files.some(({ name }) => name === wanted);
}

function placeFault(what: string): Fault {
  return new Fault("MAYFLY_OUTDIR", `${what}.`, { hint: "Choose another folder: mayfly build --outdir dist" });
}

/**
 * All files of a package, each name once.
 * @throws Fault MAYFLY_INCLUDE for a name that is taken
 */
export function mergeFiles(...groups: readonly (readonly PackageFile[])[]): readonly PackageFile[] {
  const byName = new Map<string, PackageFile>();
  for (const file of groups.flat()) {
    const other = byName.get(file.name);
    if (other?.path === file.path) continue;
    if (other !== undefined || file.name === "bootstrap")
      throw nameTaken(file.path, file.name, other?.path ?? "the runtime");
    byName.set(file.name, file);
  }
  for (const { name, path } of byName.values()) refuseImpossible(name, path, byName);
  return [...byName.values()];
}

/** Linux's, in bytes. */
const MAX_NAME = 255;

/** What no zip can be unpacked with. */
function refuseImpossible(name: string, path: string, byName: ReadonlyMap<string, PackageFile>): void {
  const parts = name.split("/");
  if (parts.some((part) => Buffer.byteLength(part) > MAX_NAME)) {
    throw nameTaken(path, name, `a name of more than ${MAX_NAME} bytes`);
  }
  for (let length = 1; length < parts.length; length++) {
    const folder = parts.slice(0, length).join("/");
    if (folder === "bootstrap") throw nameTaken(path, name, "inside of bootstrap, a file (the runtime)");
    const other = byName.get(folder);
    if (other !== undefined) throw nameTaken(path, name, `inside of ${folder}, a file (${other.path})`);
  }
}

export interface PackedProgram {
  readonly name: string;
  readonly content: readonly Slice[];
}

/**
 * Puts a folder beside a bootstrap, with the `programs` added to it, in place of one that an earlier build put there
 * and of nothing else.
 * @throws Fault MAYFLY_OUTDIR
 */
export function placeFolder(from: string, to: string, mark: string, programs: readonly PackedProgram[]): void {
  if (existsSync(to) && !existsSync(join(to, mark))) {
    throw placeFault(`${to} would be replaced by the package's folder of that name`);
  }
  const beside = join(dirname(to), `.mayfly-${ownerTag()}.folder`);
  try {
    mkdirSync(dirname(to), { recursive: true });
    cpSync(from, beside, { recursive: true, dereference: true });
    for (const { name, content } of programs) {
      writeSlices(content, join(beside, name));
      chmodSync(join(beside, name), 0o755);
    }
    rmSync(to, { recursive: true, force: true });
    renameSync(beside, to);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

export function nameTaken(path: string, name: string, by: string): Fault {
  return new Fault("MAYFLY_INCLUDE", `${path} can't be ${name} in the package: that is ${by}.`, {
    hint: "Give it another place with { from, to } in include, or leave one of them out with !pattern.",
  });
}
