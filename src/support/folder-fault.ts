import { Fault } from "../fault.ts";
import { systemErrorCode } from "./system-error.ts";

/** A folder that Mayfly works in, and what to do where it can't. */
export interface WorkFolder {
  /** `The temporary folder /tmp`. */
  readonly name: string;
  /** What is written there, and how to have another: `About 300 MB are written there; TMPDIR names another folder.` */
  readonly need: string;
}

/**
 * What is said where a folder is full, read-only or missing; `undefined` for errors that aren't a folder's.
 * The code is MAYFLY_FOLDER.
 */
export function folderFault(folder: WorkFolder, cause: unknown): Fault | undefined {
  const lack = lackOf(cause);
  if (lack === undefined) return undefined;
  return new Fault("MAYFLY_FOLDER", `${folder.name} can't be written: ${lack}.`, { hint: folder.need, cause });
}

const LACKS: Readonly<Record<string, string>> = {
  EROFS: "the file system is read-only",
  EACCES: "you have no permission",
  EPERM: "you have no permission",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "a part of the path is a file, not a folder",
  ENOSPC: "the disk is full",
  EDQUOT: "the quota is used up",
  ENOENT: "it isn't there",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  EIO: "the disk fails",
};

/** What a file system says no for, in words; `undefined` for other errors. */
export function lackOf(cause: unknown): string | undefined {
  return LACKS[systemErrorCode(cause) ?? ""];
}
