import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { joined } from "../../src/support/slices.ts";
import { layOut } from "../../src/build/layout/elf/lay-out.ts";
import { readProgram } from "../../src/build/layout/elf/program-headers.ts";
import { programPages } from "../../src/build/layout/lay-out-bootstrap.ts";
import { readAhead } from "../../src/build/layout/read-ahead.ts";
import { eventually } from "../support/eventually.ts";
import { dropFromMemory, inMemory } from "../support/in-memory.ts";
import { testProject } from "./test-project.ts";

/** Starts are recorded for x86_64 alone, and macOS has no ELF files. */
const isLaidOut = process.platform === "linux" && process.arch === "x64";

/** Says how it was started, and ends: there is no runtime API to speak to. */
const HANDLER = {
  "src/hello.ts": `
console.log([...process.argv.slice(2), process.env.GREETING, process.env.LD_PRELOAD].join());
export const handle = () => "Hello";
`,
};

test.runIf(isLaidOut)(
  "what is to be read ahead is in memory after a start that found nothing there",
  async ({ skip }) => {
    const hasFincore = spawnSync("fincore", ["--version"]).error === undefined;
    skip(!hasFincore, "fincore is not installed: apt-get install util-linux-extra");
    using project = testProject(HANDLER);
    const path = await build(project, ["--no-layout"]);
    const file = new Uint8Array(readFileSync(path));
    const first = programPages(file, "x86_64")?.first ?? [];
    const program = readProgram(file);
    if (program === undefined) throw new Error("The bootstrap is no executable.");
    // All of it, which no start reads.
    const everything = joined(layOut(program, { first, code: readAhead([{ start: 0, end: 2 ** 40 }]) }) ?? []);
    const without = joined(layOut(program, { first }) ?? []);
    const startCold = (laidOut: Uint8Array): void => {
      writeFileSync(path, laidOut);
      chmodSync(path, 0o755);
      skip(!dropFromMemory(path), "this file system keeps its files in memory");
      expect(start(path, [], { GREETING: "cold" }).stdout).toContain("cold");
    };
    startCold(everything);
    // The kernel reads on when the program has ended.
    await eventually(() => expect(inMemory(path)).toBeGreaterThan(everything.length * 0.99));
    startCold(without);
    expect(inMemory(path)).toBeLessThan(without.length * 0.8);
  },
);

test.runIf(isLaidOut)("arguments, environment and a preloaded library reach a program that reads ahead", async () => {
  using project = testProject(HANDLER);
  const path = await build(project, []);
  const { stdout, signal } = start(path, ["one", "two"], { GREETING: "hi", LD_PRELOAD: "libm.so.6" });
  expect(stdout).toContain("one,two,hi,libm.so.6");
  expect(signal).toBe(null);
});

test.runIf(isLaidOut)("what has no room in the code is left out of it", () => {
  const wanted = Array.from({ length: 5000 }, (_, index) => ({ start: index * 2 ** 16, end: index * 2 ** 16 + 1 }));
  const load = { type: 1, flags: 5, offset: 0, address: 0, fileBytes: 2 ** 30, memoryBytes: 2 ** 30, align: 4096 };
  const { room, write } = readAhead(wanted);
  const { bytes, entry } = write({ address: 4096, entry: 1, loads: [load] });
  expect(entry).toBe(4096);
  expect(bytes.length).toBeLessThanOrEqual(room);
  expect(bytes.subarray(-8)).toEqual(Buffer.alloc(8));
});

async function build(project: ReturnType<typeof testProject>, flags: readonly string[]): Promise<string> {
  const { code, stderr } = await project.mayfly(["build", "src/hello.ts", ...flags]);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  return join(project.folder, "bootstrap");
}

function start(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): SpawnSyncReturns<string> {
  return spawnSync(program, args, {
    encoding: "utf8",
    env: { _HANDLER: "hello.handle", AWS_LAMBDA_RUNTIME_API: "127.0.0.1:1", ...environment },
  });
}
