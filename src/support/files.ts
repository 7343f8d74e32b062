import { lstatSync, type Stats, statSync } from "node:fs";
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

/** What is there in place of a file, in words: `a named pipe`; `undefined` for a file and for nothing. */
export function insteadOfFile(path: string): string | undefined {
  const info = statOf(path);
  if (info === undefined) return isLink(path) ? "a link to nothing" : undefined;
  if (info.isFile()) return undefined;
  if (info.isDirectory()) return "a folder";
  if (info.isFIFO()) return "a named pipe";
  return info.isSocket() ? "a socket" : "a device";
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  } catch (error) {
    if (NOWHERE.includes(systemErrorCode(error) ?? "")) return false;
    throw error;
  }
}
