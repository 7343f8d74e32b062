import { dirname, join, relative, sep } from "node:path";
import { isFile } from "../../../support/files.ts";
import { placeOf } from "../linking/module-place.ts";
import { type CodePath, RUNS } from "./code-paths.ts";
import { filesBelow, filesMeant } from "./matching-files.ts";
import { HOLE } from "./path-values.ts";

const READS =
  /^(?:(?:readFile|readdir|open|opendir|createReadStream|readJson|readJSON)(?:Sync)?|sendFile|Worker|fork|file)$/;
const SCRIPT = /\.[cm]?[jt]sx?$/;
const LISTS = /^(?:readdir|opendir)(?:Sync)?$/;

/** Told of a line in a module. */
export type Says = (line: number, text: string) => void;

export interface PackedPath {
  /** Where it lies in the package. */
  readonly place: string;
  readonly file: string;
  /** Whether it is code of the project that runs by itself. */
  readonly isScript: boolean;
}

/** What the paths that a module says bring into the package. */
export function packedPaths(
  root: string,
  importer: string,
  paths: readonly CodePath[],
  says: Says,
): readonly PackedPath[] {
  const isPackage = /[\\/]node_modules[\\/]/.test(importer);
  const listed = paths.filter(isListed).map(({ path }) => path);
  // Itself it has read.
  return paths
    .filter(({ path }) => path !== importer)
    .flatMap((one) => {
      const script = isPackage ? undefined : scriptOf(one);
      const all = script === undefined ? filesOf(one, importer) : [script];
      const isKnown = listed.some((folder) => one.path.startsWith(folder + sep) && one.path.includes(HOLE));
      if (all.length === 0 && isRead(one) && !isKnown) says(one.line, nothingPacked(root, one));
      return all.flatMap((file) => {
        const place = placeBeside(root, importer, script === undefined ? file : one.path);
        if (place === undefined) says(one.line, outside(file));
        return place === undefined ? [] : [{ place, file, isScript: script !== undefined }];
      });
    });
}

function isRead({ taker }: CodePath): boolean {
  return taker !== undefined && READS.test(taker);
}

/** What runs by itself. TypeScript can be named as what is made of it. */
function scriptOf({ path, taker }: CodePath): string | undefined {
  if (taker === undefined || !RUNS.test(taker) || path.includes(HOLE)) return undefined;
  const stem = /^(.*)\.[cm]?js$/.exec(path)?.[1];
  const sources = stem === undefined ? [] : [".ts", ".mts", ".cts", ".tsx"].map((extension) => stem + extension);
  return [path, ...sources].find((one) => SCRIPT.test(one) && isFile(one));
}

function isListed({ path, taker }: CodePath): boolean {
  return taker !== undefined && LISTS.test(taker) && !path.includes(HOLE);
}

function filesOf(one: CodePath, importer: string): readonly string[] {
  const meant = filesMeant(one.path, importer);
  // What is listed are names: a folder that the module lies in is not packed whole.
  const isAround = isListed(one) && importer.startsWith(one.path + sep);
  return meant.length === 0 && isAround ? filesBelow(one.path, 1) : meant;
}

/** Where a module looks for a file: from where it lies itself. */
function placeBeside(root: string, importer: string, file: string): string | undefined {
  const place = join(dirname(placeOf(root, importer)), relative(dirname(importer), file))
    .split(sep)
    .join("/");
  return place.startsWith("../") ? undefined : place;
}

function outside(file: string): string {
  return `${file} lies outside of the project, where the function's code has no place for it.`;
}

function nothingPacked(root: string, { path, taker }: CodePath): string {
  const shown = relative(root, path).replaceAll(HOLE, "*").split(sep).join("/");
  return path.includes(HOLE)
    ? `what ${taker} is given here (${shown}) is known only when it runs, so nothing is packed for it. Name the files in include of mayfly.config.ts.`
    : `${taker} is given ${shown}, which isn't there, so nothing is packed for it.`;
}
