import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const RETRY_MS = 100;

/**
 * Runs `work` while no other process does so with the same lock file. A lock whose process is gone doesn't count.
 * The file holds the owner's process id.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  while (!take(file)) await sleep(RETRY_MS);
  const release = (): void => rmSync(file, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

/** A link appears with its content or not at all, and only where nothing is. */
function take(file: string): boolean {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    removeStale(file, `${own}.stale`);
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Taken aside first, so that of several waiting processes one removes it and none removes its successor. */
function removeStale(file: string, aside: string): void {
  try {
    if (isRunning(Number(readFileSync(file, "utf8")))) return;
    renameSync(file, aside);
    if (isRunning(Number(readFileSync(aside, "utf8")))) renameSync(aside, file);
    else rmSync(aside);
  } catch (error) {
    // Its owner, or another waiting process, was faster.
    if (!hasCode(error, "ENOENT")) throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
