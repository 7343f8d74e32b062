import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { BuildTarget } from "../target.ts";

const LAUNCHERS: string = resolve(import.meta.dirname, "..", "..", "..", "launcher");

/** The program that starts the BEAM and the runtime at once; there is one for Linux. */
export function readLauncher(target: BuildTarget): Uint8Array<ArrayBuffer> | undefined {
  return target.os === "linux" ? readFileSync(join(LAUNCHERS, `launcher-${target.arch}`)) : undefined;
}
