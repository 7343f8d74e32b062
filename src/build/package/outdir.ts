import { createHash } from "node:crypto";
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Fault } from "../../fault.ts";
import { isDirectory } from "../../support/files.ts";
import { lengthOf, readSlices, type Slice } from "../../support/slices.ts";
import { ownerTag } from "../../support/left-over.ts";
import { lackOf } from "../../support/folder-fault.ts";
import { messageOf } from "../../support/system-error.ts";

/**
 * Makes the folder for the output and finds out before the work starts whether it can be written to.
 * @throws Fault MAYFLY_OUTDIR
 */
export function prepareOutdir(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw outdirFault(folder, cause);
  }
}

/**
 * Makes the folder for an unpacked package anew. Git is told to leave it alone.
 * @throws Fault MAYFLY_OUTDIR
 */
export function prepareUnpacked(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(dirname(folder), ".gitignore"), "*\n");
  } catch (cause) {
    throw outdirFault(folder, cause);
  }
}

export interface PlacedFile {
  readonly bytes: number;
  readonly sha256: Buffer;
}

/**
 * Writes a file into the output folder, whole or not at all.
 * @throws Fault MAYFLY_OUTDIR
 */
export function placeFile(content: readonly Slice[], to: string, mode: number): PlacedFile {
  const beside = join(dirname(to), `.mayfly-${ownerTag()}.partial`);
  try {
    if (isDirectory(to)) throw new Error("there is a folder of that name");
    mkdirSync(dirname(to), { recursive: true });
    const sha256 = writeSlices(content, beside);
    chmodSync(beside, mode);
    renameSync(beside, to);
    return { bytes: lengthOf(content), sha256 };
  } catch (cause) {
    rmSync(beside, { force: true });
    throw outdirFault(to, cause);
  }
}

/**
 * Does what writes files beside an output.
 * @throws Fault MAYFLY_OUTDIR where the folder is what fails
 */
export function writeToOutdir<T>(folder: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    throw cause instanceof Fault || lackOf(cause) === undefined ? cause : outdirFault(folder, cause);
  }
}

/** Returns the hash of what was written. */
export function writeSlices(content: readonly Slice[], path: string): Buffer {
  const hash = createHash("sha256");
  const file = openSync(path, "w");
  try {
    for (const bytes of readSlices(content)) {
      hash.update(bytes);
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    }
  } finally {
    closeSync(file);
  }
  return hash.digest();
}

function outdirFault(path: string, cause: unknown): Fault {
  return new Fault("MAYFLY_OUTDIR", `${path} can't be written: ${lackOf(cause) ?? messageOf(cause)}.`, {
    hint: "Choose another folder: mayfly build --outdir dist",
    cause,
  });
}
