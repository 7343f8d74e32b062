import { type Stats, statSync } from "node:fs";
import { systemErrorCode } from "./system-error.ts";

/** A path that leads nowhere: through a file, through links without end, where nobody may look, or too long. */
const NOWHERE: readonly string[] = ["ENOTDIR", "ELOOP", "EACCES", "ENAMETOOLONG"];

/** What is there, links followed; `undefined` for nothing. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (NOWHERE.includes(systemErrorCode(error) ?? "")) return undefined;
    throw error;
  }
}

/** Links are followed. */
export function isFile(path: string): boolean {
  return statOf(path)?.isFile() ?? false;
}

export function isDirectory(path: string): boolean {
  return statOf(path)?.isDirectory() ?? false;
}
