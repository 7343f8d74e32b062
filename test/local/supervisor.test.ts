import { spawn } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { Readable } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { ProcessGroup } from "../../src/local/sandbox/process-group.ts";
import { Reaper } from "../../src/local/sandbox/reaper.ts";
import { temporaryFolder } from "./support/fake-runtime.ts";
import { isRunning } from "./support/running.ts";

const onLinux = process.platform === "linux";
const supervisor = resolve(
  import.meta.dirname,
  `../../launcher/supervisor-${process.arch === "arm64" ? "arm64" : "x86_64"}`,
);

function script(body: string): string {
  const file = join(temporaryFolder(), "bootstrap");
  writeFileSync(file, `#!/bin/bash\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe.skipIf(!onLinux)("the supervisor", () => {
  const LEAVES = `(setsid sleep 300 > /dev/null 2>&1 & echo $!)\n(setsid bash -c '(setsid sleep 300 > /dev/null 2>&1 & echo $!)')`;

  test.each([
    ["by the lists of children", []],
    ["by the table of processes", ["table"]],
  ])("finds what descends from its program %s", async (_name, mode) => {
    const child = spawn(supervisor, ["0", "0", script(`${LEAVES}\nexit 3`), ...mode], {
      stdio: ["pipe", "pipe", "inherit", "pipe"],
    });
    const words = child.stdio[3];
    if (!(words instanceof Readable) || child.stdout === null) throw new Error("no pipe");
    const [said, pids] = await Promise.all([text(words), text(child.stdout)]);
    expect(said).toMatch(/^started \d+\nended 3 0 \d+\n$/);
    expect(pids.trim().split("\n").map(Number).filter(isRunning)).toEqual([]);
  });

  test("tells why a program can't be executed", async () => {
    const child = spawn(supervisor, ["0", "0", "/nowhere"], { stdio: ["pipe", "ignore", "inherit", "pipe"] });
    const words = child.stdio[3];
    if (!(words instanceof Readable)) throw new Error("no pipe");
    expect(await text(words)).toBe("failed 2\n");
  });
});

// What macOS gets; it runs on every system.
test("a process group ends what it has ever been seen to start, also what has left it", async () => {
  const lines: string[] = [];
  const folder = temporaryFolder();
  const reaper = new Reaper(join(folder, "none"));
  onTestFinished(() => reaper.dismiss());
  const start = await ProcessGroup.start({
    // Perl is on every Mac, setsid isn't. The shell's child leaves its group, starts another and ends when it is told.
    file: script(
      `mkfifo $TMPDIR/go; perl -e 'use POSIX; setsid(); my $pid = fork(); exec "sleep", "300" if !$pid; syswrite STDOUT, "$pid\\n"; open my $go, "<", "$ENV{TMPDIR}/go"' & sleep 300 & wait`,
    ),
    cwd: folder,
    environment: { PATH: "/usr/bin:/bin", TMPDIR: folder },
    watchMemory: true,
    memoryLimitBytes: Infinity,
    onLine: (line) => lines.push(line),
    reaper,
  });
  if (start.kind === "failed") throw new Error(start.reason);
  const { process: group } = start;
  const stray = await eventually(() => Number(/^\d+$/.exec(lines[0] ?? "none")?.[0] ?? raise("not yet")));
  await group.settle();
  expect(group.maxMemoryMb).toBeGreaterThan(0);
  writeFileSync(join(folder, "go"), "");
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(isRunning(stray)).toBe(true);
  group.kill();
  expect(await group.ended).toEqual({ code: null, signal: "SIGKILL" });
  await eventually(() => expect(isRunning(stray)).toBe(false));
});

function raise(message: string): never {
  throw new Error(message);
}
