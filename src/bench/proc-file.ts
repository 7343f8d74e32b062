import { readFileSync } from "node:fs";
import { systemErrorCode } from "../support/system-error.ts";

/** Empty when the process ended between the listing and the reading. */
export function readProcFile(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ESRCH") return "";
    throw error;
  }
}
