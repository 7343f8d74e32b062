import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ownerTag } from "../../src/support/left-over.ts";
import { until } from "../support/eventually.ts";
import { COMMAND } from "../support/run-mayfly.ts";
import { testProject, type TestProject } from "./test-project.ts";

const HANDLER = { "src/handler.ts": "export const handle = () => 1;\n" };

/** Of a process, those that it has started. */
function children(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.split(" ").filter(Boolean).map(Number);
}

interface Killed {
  readonly code: number | null;
  readonly stdout: string;
}

/** Starts a build and has it killed while it compiles, which is when most is unfinished. */
async function killWhileCompiling(project: TestProject, kill: (command: number) => void): Promise<Killed> {
  const child = spawn(process.execPath, [COMMAND, "build", "--json", "--no-layout"], {
    cwd: project.folder,
    env: { ...process.env, TMPDIR: join(project.folder, "tmp") },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  const ended = new Promise<number | null>((settle) => child.once("close", settle));
  await until(
    () => unfinished(project).length > 0,
    () => "The build never wrote a program",
  );
  kill(child.pid ?? 0);
  return { code: await ended, stdout };
}

function unfinished(project: TestProject): readonly string[] {
  const names = readdirSync(join(project.folder, "tmp"), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".bun-build"));
}

const PROJECT = ["package.json", "src", "tmp"];

describe.skipIf(process.platform !== "linux")("a build that is killed", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("by %s leaves nothing", async (signal, expected) => {
    using project = testProject(HANDLER);
    mkdirSync(join(project.folder, "tmp"));
    const { code, stdout } = await killWhileCompiling(project, (command) => process.kill(command, signal));
    expect([code, stdout]).toEqual([expected, ""]);
    expect(readdirSync(project.folder)).toEqual(PROJECT);
    expect(readdirSync(join(project.folder, "tmp"))).toEqual([]);
  });

  test("with its engine says so with its memory, and the next one removes what it left, of others nothing", async () => {
    using project = testProject(HANDLER);
    const [tmp, cache] = [join(project.folder, "tmp"), join(project.folder, "cache")];
    const others = [`mayfly-${ownerTag()}-abc`, "mayfly-p1-mine", "other-p999999999-1-1-abc"];
    const partials = [`bun.${ownerTag()}.partial`, "bun.4242.partial"];
    const dead = ownerTag().replace(/^p\d+/, "p999999999");
    for (const name of others) mkdirSync(join(tmp, name), { recursive: true });
    const { code, stdout } = await killWhileCompiling(project, (command) => {
      for (const engine of children(command)) process.kill(engine, "SIGKILL");
    });
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { error: { code: "MAYFLY_ENGINE_KILLED" } }]);
    expect(stdout).toMatch(/with \d+ MB of memory, of \d+ MB/);
    // Outside of the project, had the temporary folder been where it is by itself.
    expect(readdirSync(project.folder)).toEqual(PROJECT);
    expect(unfinished(project)).toHaveLength(1);

    mkdirSync(join(cache, "engines"), { recursive: true });
    for (const name of [...partials, `bun.${dead}.partial`]) writeFileSync(join(cache, "engines", name), "");
    for (const name of ["partial", "folder"])
      mkdirSync(join(project.folder, "out", `.mayfly-${dead}.${name}`), { recursive: true });
    const environment = { TMPDIR: tmp, MAYFLY_CACHE_DIR: cache };
    const next = await project.mayfly(["build", "--outdir", "out"], { environment });
    expect(next.code).toBe(0);
    expect(readdirSync(tmp).toSorted()).toEqual(others.toSorted());
    expect(readdirSync(join(cache, "engines")).toSorted()).toEqual(partials.toSorted());
    expect(readdirSync(join(project.folder, "out"))).toEqual(["bootstrap"]);
  });

  test("with the command ends, and removes what is temporary itself", async () => {
    using project = testProject(HANDLER);
    mkdirSync(join(project.folder, "tmp"));
    await killWhileCompiling(project, (command) => process.kill(command, "SIGKILL"));
    await until(
      () => readdirSync(join(project.folder, "tmp")).length === 0,
      () => "The engine left its folder",
    );
    expect(readdirSync(project.folder).filter((name) => name !== "bootstrap")).toEqual(PROJECT);
  });
});
