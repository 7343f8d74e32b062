import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const open = new Set<string>();

/** Gives `work` a new folder in `parent`, the system's temporary folder, and removes it afterwards, whatever happens. */
export async function withTemporaryFolder<T>(
  work: (folder: string) => Promise<T>,
  parent: string = tmpdir(),
): Promise<T> {
  const folder = mkdtempSync(join(parent, "mayfly-"));
  open.add(folder);
  try {
    return await work(folder);
  } finally {
    remove(folder);
  }
}

/** For a process about to end by a signal, whose `finally` blocks don't run. */
export function removeTemporaryFolders(): void {
  for (const folder of open) remove(folder);
}

function remove(folder: string): void {
  open.delete(folder);
  rmSync(folder, { recursive: true, force: true });
}
