import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { testProject } from "../build/test-project.ts";
import { until } from "../support/eventually.ts";
import { COMMAND } from "../support/run-mayfly.ts";

const HANDLER = { "src/handler.ts": "export const handle = () => 1;\n", "lambda.zip": "old" };

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

describe("a config is a program, and a build ends in an error when it", () => {
  test.each([
    ["ends its process", "process.exit(0)", /ended its process \(exit code 0\)/],
    ["kills its process", "process.kill(process.pid, 'SIGKILL'); for (;;);", /ended its process \(SIGKILL\)/],
    ["rejects in passing", "Promise.reject(new Error('in passing')); export default {}", /in passing/],
    ["throws in passing", "queueMicrotask(() => { throw new Error('aside'); }); export default {}", /aside/],
    ["throws what can't be shown", "throw { get message() { throw 1; } }", /can't be shown/],
    ["throws when it is read", "export default { get functions() { throw new Error('read'); } }", /read/],
    ["exports a promise", "export default new Promise(() => {})", /exports a promise/],
  ])("%s", async (_what, source, message) => {
    using project = testProject({ ...HANDLER, "mayfly.config.ts": source });
    const { code, stdout } = await project.mayfly(["build", "--zip", "--json"]);
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      { error: { code: "MAYFLY_CONFIG_LOAD", message: expect.any(String), hint: expect.any(String) } },
    ]);
    expect(stdout).toMatch(message);
  });
});

test("what a config prints goes to stderr, and what it leaves running is ended", async () => {
  const source = `
    import { execSync } from "node:child_process";
    console.log("printed");
    process.stdout.write("written\\n");
    execSync("echo by a child", { stdio: "inherit" });
    setInterval(() => {}, 1000);
    export default { wrong: 1 };`;
  using project = testProject({ ...HANDLER, "mayfly.config.ts": source });
  const { code, stdout, stderr } = await project.mayfly(["build", "--zip", "--json"]);
  expect([code, JSON.parse(stdout)]).toMatchObject([1, { error: { code: "MAYFLY_CONFIG" } }]);
  for (const line of ["printed", "written", "by a child"]) expect(stderr).toContain(`${line}\n`);
});

describe.skipIf(process.platform !== "linux")("a config that never ends", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGKILL", null],
  ] as const)("is ended by %s of the command", async (signal, expected) => {
    using project = testProject({ ...HANDLER, "mayfly.config.ts": "console.log(`pid ${process.pid}`); for (;;);" });
    const child = spawn(process.execPath, [COMMAND, "build", "--zip", "--json"], {
      cwd: project.folder,
      stdio: "pipe",
    });
    let [out, errors] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    const ended = new Promise((settle) => child.once("close", settle));
    await until(
      () => errors.includes("Waiting for mayfly.config.ts, which runs on or awaits something"),
      () => `It never said that it waits: ${errors}`,
    );
    const pid = Number(/pid (\d+)/.exec(errors)?.[1]);
    expect(isAlive(pid)).toBe(true);
    child.kill(signal);
    expect([await ended, out]).toEqual([expected, ""]);
    await until(
      () => !isAlive(pid),
      () => `The config's process ${pid} lives on`,
    );
    expect(readFileSync(join(project.folder, "lambda.zip"), "utf8")).toBe("old");
  });
});
