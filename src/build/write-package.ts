import { basename, dirname, join } from "node:path";
import { ENGINE_FILE, RELEASE_FOLDER, RELEASE_MANIFEST } from "../protocol/release-place.ts";
import { cacheFolder } from "./cache-folder.ts";
import type { Release } from "./elixir/release.ts";
import { lengthOf, type Slice } from "../support/slices.ts";
import { type PlacedFile, placeFile, writeToOutdir } from "./package/outdir.ts";
import { mergeFiles, type PackageFile, placeFiles, placeFolder, zipEntries } from "./package/package-files.ts";
import { checkSizes } from "./package/size-limits.ts";
import { deflateSlices } from "./package/deflate.ts";
import { writeZip, type ZipEntry } from "./package/zip.ts";

export interface Executables {
  readonly bootstrap: readonly Slice[];
  /** In the release's folder, started by `bootstrap`; `undefined` where that is all. */
  readonly engine: readonly Slice[] | undefined;
}

export interface PackageParts {
  readonly executables: Executables;
  /** What is of no release. */
  readonly own: readonly PackageFile[];
  readonly release: Release | undefined;
}

/** What lies at `path` now. */
export interface WrittenPackage extends PlacedFile {
  readonly unzippedBytes: number;
  /** Warnings. */
  readonly notes: readonly string[];
}

/**
 * @param path absolute, of the file to write
 * @throws Fault MAYFLY_TOO_LARGE, MAYFLY_OUTDIR, MAYFLY_INCLUDE
 */
export function writeZipPackage(parts: PackageParts, path: string): WrittenPackage {
  const unzippedBytes = sizeOf(parts);
  // What is refused needs not be packed.
  checkSizes(basename(path), 0, unzippedBytes);
  const cache = join(cacheFolder(process.env), "deflated");
  const entries = [...programs(parts.executables), ...zipEntries(allFiles(parts))];
  const zip = writeZip(entries, (data) => deflateSlices(data, deflate, cache));
  const tooLarge = checkSizes(basename(path), lengthOf(zip), unzippedBytes);
  return { ...placeFile(zip, path, 0o644), unzippedBytes, notes: tooLarge === undefined ? [] : [tooLarge] };
}

/**
 * `bootstrap`, and beside it what else a zip would have in it.
 * @param path absolute, of the file to write
 * @param root the project's, in which nothing is replaced
 * @throws Fault MAYFLY_TOO_LARGE, MAYFLY_OUTDIR
 */
export function placeBeside(parts: PackageParts, path: string, root: string): WrittenPackage {
  const { executables, own, release } = parts;
  const { bootstrap, engine } = executables;
  const unzippedBytes = sizeOf(parts);
  checkSizes(basename(path), 0, unzippedBytes);
  writeToOutdir(dirname(path), () => {
    placeFiles(own, dirname(path), root);
    if (release === undefined) return;
    const programs = engine === undefined ? [] : [{ name: ENGINE_FILE, content: engine }];
    placeFolder(release.folder, join(dirname(path), RELEASE_FOLDER), RELEASE_MANIFEST, programs);
  });
  return { ...placeFile(bootstrap, path, 0o755), unzippedBytes, notes: [] };
}

function programs({ bootstrap, engine }: Executables): readonly ZipEntry[] {
  const first = { name: "bootstrap", data: bootstrap, executable: true };
  return engine === undefined
    ? [first]
    : [first, { name: `${RELEASE_FOLDER}/${ENGINE_FILE}`, data: engine, executable: true }];
}

function allFiles({ own, release }: PackageParts): readonly PackageFile[] {
  return mergeFiles(release?.files ?? [], own);
}

function sizeOf(parts: PackageParts): number {
  const { bootstrap, engine } = parts.executables;
  const sizes = [...allFiles(parts).map(({ bytes }) => bytes), lengthOf(bootstrap), lengthOf(engine ?? [])];
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

/** libdeflate packs smaller than zlib and in less time. */
function deflate(data: Uint8Array<ArrayBuffer>): Uint8Array {
  return Bun.deflateSync(data, { library: "libdeflate", level: 6 });
}
