import { spawn, type ChildProcessByStdio } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { engine } from "./support/engine.ts";
import { nodePackage, startHarness, temporaryFolder } from "./support/fake-runtime.ts";
import { isRunning } from "./support/running.ts";
import { zip } from "./support/zip.ts";

const cli = resolve(import.meta.dirname, "../../bin/mayfly.js");
const onLinux = process.platform === "linux";

/**
 * `strays()` gives the numbers of five processes: a plain child, a detached one, one that changed its session, one that
 * did so and lost its parent, and one of which that is true twice over.
 */
const STRAYS = `
  const { spawn, execFileSync } = require("node:child_process");
  const shell = (command) => Number(execFileSync("/bin/bash", ["-c", command], { encoding: "utf8" }));
  const strays = () => [
    spawn("sleep", ["300"], { stdio: "ignore" }).pid,
    (() => { const child = spawn("sleep", ["300"], { stdio: "ignore", detached: true }); child.unref(); return child.pid; })(),
    shell('setsid sleep 300 > /dev/null 2>&1 & echo $!'),
    shell('(setsid sleep 300 > /dev/null 2>&1 & echo $!) &'),
    shell('(setsid bash -c "(setsid sleep 300 > /dev/null 2>&1 & echo \\\\$!) &" &)'),
  ];
  const say = (pids) => console.log("strays " + JSON.stringify([process.pid, ...pids]));
`;

function pidsIn(text: string): number[] {
  const found = /strays (\[.*\])/.exec(text)?.[1];
  if (found === undefined) throw new Error(`no numbers of processes in ${JSON.stringify(text)}`);
  return JSON.parse(found) as number[];
}

/** Whatever goes wrong, nothing of the test stays on the machine. */
function killLater(pids: readonly number[]): void {
  onTestFinished(() => {
    for (const pid of pids.filter(isRunning)) process.kill(pid, "SIGKILL");
  });
}

describe.skipIf(!onLinux)("nothing that a function has started is alive", () => {
  const ENDS: readonly (readonly [string, string])[] = [
    ["its handler exits", "process.exit(3)"],
    ["its engine is killed", `process.kill(process.pid, "SIGKILL"); await new Promise(() => {})`],
    ["it crashes", "process.abort()"],
    ["its time is over", "await new Promise(() => {})"],
    [
      "it kills the program that holds it",
      `process.kill(process.ppid, "SIGKILL"); await new Promise((go) => setTimeout(go, 60_000))`,
    ],
  ];
  test.each(ENDS)("when %s", async (_name, end) => {
    const { invoke, lines } = await startHarness(`${STRAYS} loop(async () => { say(strays()); ${end}; })`, {
      timeout: end.startsWith("await") ? 3 : 60,
    });
    expect((await invoke({})).error).toBe(true);
    const pids = pidsIn(lines().join("\n"));
    killLater(pids);
    // The answer to a timeout doesn't wait for the end of what has run out of time.
    await eventually(() => expect(pids.filter(isRunning)).toEqual([]));
  });

  test("when the local Lambda stops, frozen as all of it was", async () => {
    const { invoke, lambda } = await startHarness(`${STRAYS} loop(() => [process.pid, ...strays()])`);
    const pids = (await invoke({})).value as number[];
    killLater(pids);
    await eventually(() => expect(pids.map(stateOf)).toEqual(pids.map(() => "T")));
    await lambda.stop();
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test("when a process forks as fast as it can and never stays", async () => {
    const mark = randomUUID();
    const { invoke, lambda } = await startHarness(
      `const comet = 'comet() { (comet) & exit; }; comet';
       loop(() => { require("node:child_process").spawn("/bin/bash", ["-c", comet], { stdio: "ignore", detached: true }).unref(); return 1; })`,
      { timeout: 60, environment: { MARK: mark } },
    );
    await invoke({});
    expect(marked(mark).length).toBeGreaterThan(0);
    await lambda.stop();
    killLater(marked(mark));
    expect(marked(mark)).toEqual([]);
  });

  const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const;
  const OWNERS = [
    ...SIGNALS.map((signal) => ["mayfly dev", signal, ["dev", "--port", "0"], ""] as const),
    ...SIGNALS.slice(1).map(
      (signal) => ["mayfly invoke", signal, ["invoke", "--timeout", "900"], "await new Promise(() => {});"] as const,
    ),
  ];
  test.each(OWNERS)("when %s ends of %s", async (owner, signal, args, lastly) => {
    const script = `${STRAYS} loop(async () => { say(strays()); ${lastly} return { statusCode: 200 }; })`;
    const file = join(temporaryFolder(), "lambda.zip");
    const bootstrap = readFileSync(join(nodePackage(script), "bootstrap"));
    writeFileSync(file, zip([{ name: "bootstrap", content: bootstrap, mode: 0o100755 }]));
    const child = start([cli, ...args, "--zip", file, "--handler", "hello.handle"]);
    if (owner === "mayfly dev") await fetch(await eventually(() => urlIn(child.output.stdout)));
    const pids = await eventually(() => pidsIn(child.output.stderr));
    killLater(pids);
    child.process.kill(signal);
    await eventually(() => expect(pids.filter(isRunning)).toEqual([]));
  });

  test("when the program with startLambda is killed", async () => {
    const local = JSON.stringify(join(import.meta.dirname, "../../src/local/local-lambda.ts"));
    const folder = JSON.stringify(nodePackage(`${STRAYS} loop(() => { say(strays()); return 1; })`));
    const file = join(temporaryFolder(), "owner.mts");
    writeFileSync(
      file,
      `import { LocalLambda } from ${local};
       const lambda = await LocalLambda.start({ functions: { hello: { package: ${folder}, timeout: 60 } }, onLog: ({ line }) => console.error(line) });
       await lambda.invoke("hello", Buffer.from("{}"));
       process.kill(process.pid, "SIGKILL");`,
    );
    const child = start([file], engine);
    const pids = await eventually(() => pidsIn(child.output.stderr));
    killLater(pids);
    await eventually(() => expect(pids.filter(isRunning)).toEqual([]));
  });
});

interface Started {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly output: { stdout: string; stderr: string };
}

function start(args: readonly string[], program: string = process.execPath): Started {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  return { process: child, output };
}

function urlIn(text: string): string {
  const url = /http:\S+/.exec(text)?.[0];
  if (url === undefined) throw new Error(`no URL in ${JSON.stringify(text)}`);
  return url;
}

/** Processes with this text in their environment. */
function marked(mark: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && readProcess(pid, "environ").includes(mark));
}

function readProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    // It has ended.
    return "";
  }
}

function stateOf(pid: number): string {
  const stat = readProcess(pid, "stat");
  return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
}
