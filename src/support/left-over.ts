import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * What is unfinished is named by its owner, so that what a killed process leaves is known as that: `mayfly-TAG-8f3a` in
 * the temporary folder, `.mayfly-TAG.partial` beside an output, `NAME.TAG.partial` in the cache.
 */
const UNFINISHED = /^(?:\.?mayfly-|.+\.(?=p[\d-]+\.partial$))p(\d+)-(\d+)-(\d+)(?:-\w+|\.partial|\.folder)$/;
/** Processes of another container can't be seen from here. No build takes that long. */
const LONG_MS = 24 * 60 * 60 * 1000;

let own: string | undefined;

/** This process, as no other one has it while the machine runs: `p123-4567-4026531836`. */
export function ownerTag(): string {
  own ??= `p${process.pid}-${startOf(process.pid) ?? "0"}-${pidNamespace()}`;
  return own;
}

/** Removes what killed processes have left unfinished in a folder. */
export function removeLeftOvers(folder: string): void {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    // No such folder, or not for us: then there is nothing of ours.
    return;
  }
  for (const name of names) {
    if (!isLeftOver(join(folder, name), name)) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // Another build removes it at this moment, or it can't be removed: no reason not to build.
    }
  }
}

function isLeftOver(path: string, name: string): boolean {
  const [, pid, start, namespace] = UNFINISHED.exec(name) ?? [];
  if (pid === undefined) return false;
  const info = lstatSync(path, { throwIfNoEntry: false });
  if (info === undefined || info.uid !== process.getuid?.()) return false;
  if (namespace !== pidNamespace()) return Date.now() - info.mtimeMs > LONG_MS;
  if (start !== "0") return startOf(Number(pid)) !== start;
  return !isAlive(Number(pid));
}

/** When a process started, in the kernel's ticks; `undefined` where there is none, or no /proc. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // Ended, but nobody has asked how: it owns nothing any more.
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
  } catch {
    return "0";
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
