import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "../fault.ts";
import { folderFault, type WorkFolder } from "./folder-fault.ts";
import { ownerTag } from "./left-over.ts";
import { readField } from "./read-field.ts";
import { systemErrorCode } from "./system-error.ts";

const open = new Set<string>();

/**
 * Gives `work` a new folder in `parent`, the system's temporary folder, and removes it afterwards, whatever happens.
 * @throws Fault MAYFLY_FOLDER where it can't be written
 */
export async function withTemporaryFolder<T>(
  work: (folder: string) => Promise<T>,
  parent: string = tmpdir(),
): Promise<T> {
  const folder = makeTemporaryFolder("mayfly", parent);
  open.add(folder);
  try {
    return await work(folder);
  } catch (error) {
    throw ofFolder(folder, parent, error) ?? error;
  } finally {
    remove(folder);
  }
}

/**
 * Its name says whose it is: see left-over.ts. To be removed by the caller.
 * @throws Fault MAYFLY_FOLDER
 */
export function makeTemporaryFolder(name: string, parent: string = tmpdir()): string {
  try {
    return mkdtempSync(join(parent, `${name}-${ownerTag()}-`));
  } catch (cause) {
    throw folderFault(temporary(parent), cause) ?? cause;
  }
}

function temporary(parent: string): WorkFolder {
  return {
    name: `The temporary folder ${parent}`,
    need: "Mayfly works there, and a build writes up to some 300 MB. Make room or correct it, or name another with TMPDIR.",
  };
}

/** Errors of writing have no path; what is written elsewhere has its own fault by now. */
function ofFolder(folder: string, parent: string, error: unknown): Fault | undefined {
  if (error instanceof Fault) return undefined;
  const path = readField(error, "path");
  const isOurs = typeof path === "string" ? path.startsWith(folder) : IN_WRITES.includes(systemErrorCode(error) ?? "");
  if (!isOurs) return undefined;
  return folderFault(temporary(parent), error);
}

const IN_WRITES: readonly string[] = ["ENOSPC", "EDQUOT", "EIO", "EROFS"];

/** For a process about to end by a signal, whose `finally` blocks don't run. */
export function removeTemporaryFolders(): void {
  for (const folder of open) remove(folder);
}

function remove(folder: string): void {
  open.delete(folder);
  rmSync(folder, { recursive: true, force: true });
}
