import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engine } from "../support/engine.ts";

const run = promisify(execFile);
const here = import.meta.dirname;
const repository = resolve(here, "../../..");
const modules = join(repository, "node_modules");

/** Of a hook, which builds, and of a test: no measure of anything, on however busy a machine. */
const LIMIT = 300_000;
const PATIENT_VITEST = [`--hookTimeout=${LIMIT}`, `--testTimeout=${LIMIT}`];

/** A project as a user has it: mayfly in node_modules, tests beside the source. */
let project: string;
beforeAll(async () => {
  await run(process.execPath, [join(repository, "scripts", "dist.mjs")]);
  project = realpathSync(mkdtempSync(join(tmpdir(), "mayfly-runners-")));
  const place = (from: string, to: string): void => {
    mkdirSync(dirname(join(project, to)), { recursive: true });
    copyFileSync(join(here, from), join(project, to));
  };
  writeFileSync(join(project, "package.json"), `{ "name": "a-project", "private": true, "type": "module" }`);
  mkdirSync(join(project, "node_modules"));
  symlinkSync(repository, join(project, "node_modules", "mayfly"), "dir");
  for (const runner of ["vitest", "jest"])
    symlinkSync(join(modules, runner), join(project, "node_modules", runner), "dir");
  place("hello.ts", "src/hello.ts");
  place("vitest-greets.mjs", "vitest/greets.test.mjs");
  place("jest-greets.cjs", "jest/greets.test.cjs");
  place("node-greets.mjs", "node/greets.test.mjs");
  place("bun-greets.ts", "bun/greets.test.ts");
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** What the runner said, all of it. Rejects when its tests fail. */
async function output(file: string, args: readonly string[]): Promise<string> {
  const { NODE_OPTIONS: _options, VITEST: _vitest, ...env } = process.env;
  const { stdout, stderr } = await run(file, args, { cwd: project, env: { ...env, NO_COLOR: "1" } });
  return stdout + stderr;
}

describe("mayfly/testing works under", () => {
  test("Vitest", async () => {
    const text = await output(process.execPath, [
      join(modules, "vitest/vitest.mjs"),
      "run",
      "vitest",
      ...PATIENT_VITEST,
    ]);
    expect(text).toMatch(/Tests +2 passed/);
  });

  test("Jest", async () => {
    const config = {
      testMatch: ["**/jest/*.test.cjs"],
      transform: {},
      moduleFileExtensions: ["cjs", "js", "json"],
      watchman: false,
      testTimeout: LIMIT,
    };
    const text = await output(process.execPath, [
      join(modules, "jest/bin/jest.js"),
      "--config",
      JSON.stringify(config),
    ]);
    expect(text).toMatch(/Tests: +2 passed, 2 total/);
    expect(text).not.toContain("did not exit");
  });

  test("node --test", async () => {
    const text = await output(process.execPath, ["--test", "--test-reporter=tap", "node/greets.test.mjs"]);
    expect(text).toMatch(/# pass 2\n# fail 0/);
  });

  test("bun test", async () => {
    const text = await output(engine, ["test", "bun", `--timeout=${LIMIT}`]);
    expect(text).toMatch(/2 pass\n *0 fail/);
  });
});
