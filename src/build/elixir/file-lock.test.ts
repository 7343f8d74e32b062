import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { withLock } from "./file-lock.ts";

const folder = mkdtempSync(join(tmpdir(), "mayfly-lock-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("one holder after the other, and nothing is left", async () => {
  const file = join(folder, "one");
  let holders = 0;
  const seen: number[] = [];
  const work = async (): Promise<void> => {
    holders += 1;
    await new Promise(setImmediate);
    seen.push(holders);
    holders -= 1;
  };
  await Promise.all(Array.from({ length: 4 }, () => withLock(file, work)));
  expect(seen).toEqual([1, 1, 1, 1]);
  expect(readdirSync(folder)).toEqual([]);
});

test("a lock of a process that is gone doesn't count", async () => {
  const file = join(folder, "stale");
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  writeFileSync(file, String(pid));
  await expect(withLock(file, () => Promise.resolve(existsSync(file)))).resolves.toBe(true);
});

test("work that fails gives the lock back", async () => {
  const file = join(folder, "fails");
  await expect(withLock(file, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(existsSync(file)).toBe(false);
});
