import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Fault } from "../../fault.ts";
import { folderFault } from "../../support/folder-fault.ts";
import { systemErrorCode } from "../../support/system-error.ts";
import { readEntries, type ZipContents } from "./zip-entries.ts";
import { impossibleName, unreadable } from "./zip-faults.ts";
import { contentOf, readZip } from "./zip-reader.ts";

/** So many files are written in one go: signals and timers have their turn between. */
const AT_ONCE = 200;

/**
 * Unpacks a deployment package into an empty folder. Files come out 0644, or 0755 if any execute bit was set. What is
 * refused leaves nothing.
 * @throws Fault MAYFLY_PACKAGE_NOT_FOUND, MAYFLY_NOT_A_ZIP, MAYFLY_UNSAFE_ZIP, MAYFLY_ZIP_NAMES, MAYFLY_PACKAGE_TOO_LARGE, MAYFLY_FOLDER
 */
export async function unzip(file: string, into: string): Promise<void> {
  const descriptor = open(file);
  try {
    const zip = await readZip(descriptor, fstatSync(descriptor).size);
    const contents = await readEntries(file, zip, (entry, name) => contentOf(file, descriptor, zip, entry, name));
    await make(file, into, contents, (entry, name) => contentOf(file, descriptor, zip, entry, name));
  } catch (error) {
    for (const name of readdirSync(into)) rmSync(join(into, name), { recursive: true, force: true });
    throw error instanceof Fault ? error : unreadable(file, error);
  } finally {
    closeSync(descriptor);
  }
}

function open(file: string): number {
  try {
    return openSync(file, "r");
  } catch (cause) {
    if (systemErrorCode(cause) !== "ENOENT") throw unreadable(file, cause);
    throw new Fault("MAYFLY_PACKAGE_NOT_FOUND", `There is no zip file ${file}.`, {
      hint: "Build one with: mayfly build --zip",
      cause,
    });
  }
}

async function make(
  file: string,
  into: string,
  { folders, files, links }: ZipContents,
  read: (entry: ZipContents["files"][number]["entry"], name: string) => Promise<Buffer>,
): Promise<void> {
  const write = (path: string, how: (to: string) => void): void => {
    try {
      how(join(into, path));
    } catch (cause) {
      throw writeFault(file, path, into, cause);
    }
  };
  for (const path of folders) write(path, (to) => mkdirSync(to));
  for (const [index, { path, executable, entry }] of files.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await setImmediate();
    const content = await read(entry, path);
    const mode = executable ? 0o755 : 0o644;
    write(path, (to) => writeFileSync(to, content, { flag: "wx", mode }));
  }
  // Behind everything else: nothing is ever written through one.
  for (const { path, target } of links) write(path, (to) => symlinkSync(target, to));
}

function writeFault(file: string, path: string, into: string, cause: unknown): Fault {
  const code = systemErrorCode(cause) ?? "";
  if (code === "EEXIST") {
    return impossibleName(file, path, "and something that this file system takes for the same name");
  }
  if (NAME_REFUSED.includes(code)) return impossibleName(file, path, "a name that this file system doesn't take");
  const need = "Packages are unpacked there, up to 250 MB. TMPDIR names another place.";
  return folderFault({ name: `The folder ${into}`, need }, cause) ?? unreadable(file, cause);
}

const NAME_REFUSED: readonly string[] = ["ENAMETOOLONG", "EILSEQ", "EINVAL"];
