import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { engine } from "./support/engine.ts";

const repository = resolve(import.meta.dirname, "../..");

// `mayfly invoke` runs the local Lambda under the engine, and `bun test` users do: the tests that vitest runs under Node
// run there once more. `bun test` takes what they import from vitest for its own.
describe("under the engine too", () => {
  test.each([
    "concurrency",
    "front",
    "front-stream",
    "init",
    "invoke-api",
    "lifecycle",
    "many",
    "packages",
    "processes",
    "runtime-api",
    "streaming",
    "surroundings",
    "who-may-call",
  ])("%s", async (name) => {
    const { stderr } = await promisify(execFile)(
      engine,
      ["test", `./test/local/${name}.test.ts`, "--timeout", "300000"],
      { cwd: repository, env: { ...process.env, NO_COLOR: "1" } },
    );
    expect(stderr).toMatch(/\n *[1-9]\d* pass\n( *\d+ skip\n)? *0 fail/);
  });
});
