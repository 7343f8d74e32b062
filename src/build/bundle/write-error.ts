import { statfsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readField } from "../../support/read-field.ts";
import { messageOf, systemErrorCode } from "../../support/system-error.ts";

const NOT_WRITTEN = /failed to (?:write compiled executable|copy bun executable)/;
/** Twice an engine: one is unfinished while the other is there. */
const NEEDED_BYTES = 200 * 1024 * 1024;

/**
 * The system's error where the engine's compiler couldn't write its program: what it throws looks like a mistake in the
 * code, and why it failed it only prints.
 */
export function writeError(cause: unknown, path: string): Error | undefined {
  const errors: unknown = readField(cause, "errors");
  const texts = (Array.isArray(errors) ? errors : [cause]).map(messageOf);
  const text = texts.find((one) => NOT_WRITTEN.test(one));
  if (text === undefined) return undefined;
  return Object.assign(new Error(text, { cause }), { code: whyNot(dirname(path)), path });
}

function whyNot(folder: string): string {
  try {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < NEEDED_BYTES) return "ENOSPC";
    writeFileSync(join(folder, "probe"), "");
    // There is room for others.
    return "EDQUOT";
  } catch (error) {
    return systemErrorCode(error) ?? "EIO";
  }
}
