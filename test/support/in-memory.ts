import { spawnSync } from "node:child_process";

/** Bytes of the file that are in memory, in whole pages. */
export function inMemory(path: string): number {
  return Number(
    spawnSync("fincore", ["--bytes", "--noheadings", "--output", "RES", path], { encoding: "utf8" }).stdout,
  );
}

/**
 * Takes the file out of memory. Pages that somebody holds at that moment stay, so it is asked for several times.
 * @returns false on a file system that keeps its files in memory
 */
export function dropFromMemory(path: string): boolean {
  for (let attempt = 0; attempt < 20; attempt++) {
    spawnSync("dd", [`of=${path}`, "oflag=nocache", "conv=notrunc,fdatasync", "count=0"]);
    if (inMemory(path) === 0) return true;
  }
  return false;
}
