import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SHARED } from "./shared.ts";

let folder = "";

/** Makes the folder for what several test files of a run need. */
export function setup(): void {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "mayfly-shared-")));
  process.env[SHARED] = folder;
}

/** It is gone with the run. */
export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
