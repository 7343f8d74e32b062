import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { Results } from "./results.ts";

const DROP_CACHES = "/proc/sys/vm/drop_caches";

export function describeMachine(): Results["machine"] {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${distribution() ?? type()}, ${type()} ${release().split("-", 1)[0]}`,
  };
}

function distribution(): string | undefined {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  } catch {
    // Not Linux.
    return undefined;
  }
}

/** Waits until nothing else runs, for at most 5 s; false if something still does. */
export async function idleMachine(): Promise<boolean> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const before = cpuTimes();
    await delay(100);
    const after = cpuTimes();
    if ((after.idle - before.idle) / (after.all - before.all) > 0.9) return true;
  }
  return false;
}

function cpuTimes(): { readonly idle: number; readonly all: number } {
  const times = cpus().map((core) => core.times);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return { idle: sum(times.map(({ idle }) => idle)), all: sum(times.flatMap((time) => Object.values(time))) };
}

/** Why the page cache can't be dropped here, if so. */
export function pageCacheProblem(): string | undefined {
  try {
    accessSync(DROP_CACHES, constants.W_OK);
    writeFileSync(DROP_CACHES, "1");
    return undefined;
  } catch {
    return `${DROP_CACHES} can't be written: needs Linux and root`;
  }
}

/** Every file that no process has in use is read from the disk again. */
export function dropPageCache(): void {
  spawnSync("sync");
  writeFileSync(DROP_CACHES, "3");
}
