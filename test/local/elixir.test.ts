import { spawn } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { FunctionError, startLambda, type TestLambda } from "../../src/testing/index.ts";
import { buildMixFixture, withoutElixir } from "../contract/build-mix-fixture.ts";
import { mixCache } from "../support/shared.ts";

const here = dirname(fileURLToPath(import.meta.url));

describe.skipIf(withoutElixir)("in a Mix project", () => {
  let home = "";
  let project = "";
  let lambda: TestLambda;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "mayfly-local-elixir-"));
    project = join(home, "project");
    vi.stubEnv("MAYFLY_CACHE_DIR", mixCache().MAYFLY_CACHE_DIR);
    await cp(join(here, "../contract/elixir"), project, { recursive: true });
    const zip = dirname(await buildMixFixture());
    lambda = await startLambda({ zip, handler: "Elixir.Faults.mixed", timeout: 8, memory: 512 });
  });
  afterAll(async () => {
    await lambda.stop();
    vi.unstubAllEnvs();
    await rm(home, { recursive: true, force: true });
  });

  test("the handler answers, in one BEAM for all invocations", async () => {
    expect(await lambda.invoke({ do: "echo", name: "Ada" })).toEqual({ do: "echo", name: "Ada" });
    const beam = await lambda.invoke({ do: "os pid" });
    expect(await lambda.invoke({ do: "os pid" })).toBe(beam);
  });

  test("a failure is the test's, with Elixir's type and message", async () => {
    const failure = lambda.invoke({ do: "raise" });
    await expect(failure).rejects.toBeInstanceOf(FunctionError);
    await expect(failure).rejects.toMatchObject({
      errorType: "ArgumentError",
      message: expect.stringContaining("not like that"),
    });
  });

  test("what does not return in time is told with its stack, before the local Lambda has to kill it", async () => {
    const beam = await lambda.invoke({ do: "os pid" });
    await expect(lambda.invoke({ do: "loop" })).rejects.toMatchObject({ errorType: "Runtime.HandlerTimeout" });
    expect(await lambda.invoke({ do: "os pid" })).toBe(beam);
  });

  test("a BEAM that ends fails its invocation and is replaced", async () => {
    await expect(lambda.invoke({ do: "halt", code: 3 })).rejects.toMatchObject({ errorType: "Runtime.ExitError" });
    expect(await lambda.invoke({ do: "echo" })).toEqual({ do: "echo" });
  });

  test("mayfly invoke builds it, runs the handler that is named and prints the answer", async () => {
    const args = [
      join(here, "../../bin/mayfly.js"),
      "invoke",
      "--handler",
      "Elixir.Contract.echo",
      "--data",
      '{"é":[1]}',
    ];
    const child = spawn(process.execPath, args, { cwd: project, stdio: ["ignore", "pipe", "pipe"] });
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(JSON.parse(output), errors).toEqual({ é: [1] });
    // Of both processes, however soon it was over: the runtime alone holds about half of that.
    const used = Number(/^REPORT RequestId.*Max Memory Used: (\d+) MB/m.exec(errors)?.[1]);
    expect(used, errors).toBeGreaterThan(60);
  });
});
