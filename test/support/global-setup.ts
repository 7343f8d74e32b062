import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SHARED } from "./shared.ts";

/** Makes the folder for what several test files of a run need. Gone with the run. */
export default function setUp(): () => void {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "mayfly-shared-")));
  process.env[SHARED] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
