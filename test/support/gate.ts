import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A file that is not there until it is opened: what a handler in another process waits for. */
export interface Gate {
  readonly file: string;
  readonly open: () => void;
}

/** Gone with the test. */
export function makeGate(): Gate {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-gate-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "open");
  return { file, open: () => writeFileSync(file, "") };
}
