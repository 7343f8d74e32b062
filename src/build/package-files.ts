import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { Fault } from "../fault.ts";
import type { ZipEntry } from "./zip.ts";

/** A file of the package besides the bootstrap. */
export interface PackageFile {
  /** Path in the package, with `/`. */
  readonly name: string;
  /** Absolute path of what is packed. */
  readonly path: string;
  readonly bytes: number;
  readonly executable: boolean;
}

/** The files of a folder that becomes `name/` in the package. Links are followed. */
export function packageFiles(folder: string, name: string): readonly PackageFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) => {
      const info = statSync(path);
      if (!info.isFile()) return [];
      const inside = relative(folder, path).split(sep).join("/");
      return [{ name: `${name}/${inside}`, path, bytes: info.size, executable: (info.mode & 0o111) !== 0 }];
    });
}

export function zipEntries(files: readonly PackageFile[]): readonly ZipEntry[] {
  return files.map(({ name, path, executable }) => ({ name, data: readFileSync(path), executable }));
}

/**
 * Puts a folder beside a bootstrap, with the `programs` added to it, in place of one that an earlier build put there
 * and of nothing else.
 * @throws Fault MAYFLY_OUTDIR
 */
export function placeFolder(from: string, to: string, mark: string, programs: readonly string[]): void {
  if (existsSync(to) && !existsSync(join(to, mark))) {
    throw new Fault("MAYFLY_OUTDIR", `${to} would be replaced by the package's folder of that name.`, {
      hint: "Choose another folder: mayfly build --outdir dist",
    });
  }
  const beside = join(dirname(to), `.mayfly-${process.pid}.folder`);
  try {
    mkdirSync(dirname(to), { recursive: true });
    cpSync(from, beside, { recursive: true, dereference: true });
    for (const program of programs) cpSync(program, join(beside, basename(program)));
    rmSync(to, { recursive: true, force: true });
    renameSync(beside, to);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}
