import { type Entry, getFileNameLowLevel, type ZipFile } from "yauzl";
import { MAX_UNZIPPED_BYTES } from "../../protocol/limits.ts";
import { PackageTree } from "./package-tree.ts";
import { impossibleName, zipTooLarge, unsafe } from "./zip-faults.ts";

/** The type bits of a Unix mode. */
const TYPE_MASK = 0o170000;
const SYMLINK = 0o120000;
/** Linux's, in bytes. */
const MAX_NAME = 255;
const MAX_PATH = 4096;

/** What an archive becomes: all paths are inside, and none is in another's way. */
export interface ZipContents {
  /** From the root, with `/`; parents come first. */
  readonly folders: readonly string[];
  readonly files: readonly ZippedFile[];
  readonly links: readonly { readonly path: string; readonly target: string }[];
}

export interface ZippedFile {
  readonly path: string;
  readonly executable: boolean;
  readonly entry: Entry;
}

/**
 * Reads and judges the whole list of an archive, so that nothing is made of one that is refused.
 * @param contentOf reads what a link points to
 * @throws Fault MAYFLY_UNSAFE_ZIP, MAYFLY_ZIP_NAMES, MAYFLY_PACKAGE_TOO_LARGE
 */
export async function readEntries(
  file: string,
  zip: ZipFile,
  contentOf: (entry: Entry, name: string) => Promise<Buffer>,
): Promise<ZipContents> {
  const tree = new PackageTree();
  const folders = new Set<string>();
  const files: ZippedFile[] = [];
  const links: { name: string; parts: readonly string[]; path: string; target: string }[] = [];
  let bytes = 0;
  for await (const entry of zip.eachEntry()) {
    const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true);
    const parts = safeParts(file, name);
    const path = parts.join("/");
    const mode = entry.externalFileAttributes >>> 16;
    bytes += entry.uncompressedSize;
    // Sizes may lie: what is unpacked is held to them.
    if (bytes > MAX_UNZIPPED_BYTES) throw zipTooLarge(file);
    if (name.endsWith("/")) {
      add(file, tree, name, parts, undefined);
      addFolders(folders, parts);
      continue;
    }
    addFolders(folders, parts.slice(0, -1));
    if ((mode & TYPE_MASK) === SYMLINK) {
      if (entry.uncompressedSize > MAX_PATH) throw impossibleName(file, name, "a link to a path that is too long");
      const target = (await contentOf(entry, name)).toString();
      if (target === "" || target.includes("\0")) throw impossibleName(file, name, "a link to nothing");
      add(file, tree, name, parts, { kind: "link", target });
      links.push({ name, parts, path, target });
    } else {
      add(file, tree, name, parts, { kind: "file" });
      files.push({ path, executable: (mode & 0o111) !== 0, entry });
    }
  }
  for (const { name, parts } of links) if (!tree.staysInside(parts)) throw unsafe(file, name);
  return { folders: [...folders], files, links: links.map(({ path, target }) => ({ path, target })) };
}

function safeParts(file: string, name: string): readonly string[] {
  const parts = name.split("/");
  if (name.startsWith("/") || name.includes("\\") || /^[A-Za-z]:/.test(name) || parts.includes("..")) {
    throw unsafe(file, name);
  }
  const clean = parts.filter((part) => part !== "" && part !== ".");
  if (name.includes("\0") || (clean.length === 0 && !name.endsWith("/"))) {
    throw impossibleName(file, name, "which no file can be called");
  }
  if (clean.some((part) => Buffer.byteLength(part) > MAX_NAME)) {
    throw impossibleName(file, name, `with a name of more than ${MAX_NAME} bytes`);
  }
  if (Buffer.byteLength(name) > MAX_PATH) throw impossibleName(file, name, `a path of more than ${MAX_PATH} bytes`);
  return clean;
}

function add(
  file: string,
  tree: PackageTree,
  name: string,
  parts: readonly string[],
  leaf: Parameters<PackageTree["add"]>[1],
): void {
  const clash = tree.add(parts, leaf);
  switch (clash) {
    case undefined:
      return;
    case "taken":
      throw impossibleName(file, name, "and something else of that name");
    case "in a file":
      throw impossibleName(file, name, "and a file in place of a folder that it lies in");
    case "behind a link":
      throw unsafe(file, name, "which lies behind a link of its own");
  }
}

function addFolders(folders: Set<string>, parts: readonly string[]): void {
  for (let length = 1; length <= parts.length; length++) folders.add(parts.slice(0, length).join("/"));
}
