import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startLambda, type TestLambda, type TestLambdaOptions } from "../../src/testing/index.ts";

const examples = join(import.meta.dirname, "../../examples");

function event(example: string): unknown {
  return JSON.parse(readFileSync(join(examples, example, "event.json"), "utf8"));
}

/** A suite over one example, built and running. */
function describeExample(example: string, options: TestLambdaOptions, body: (lambda: () => TestLambda) => void): void {
  describe(`examples/${example} as ${options.function ?? options.handler}`, () => {
    let lambda: TestLambda | undefined;
    beforeAll(async () => {
      lambda = await startLambda({ entry: join(examples, example), ...options });
    });
    afterAll(async () => {
      await lambda?.stop();
    });
    body(() => {
      if (lambda === undefined) throw new Error("the function is not running");
      return lambda;
    });
  });
}

describeExample("hello", { handler: "hello.handle" }, (lambda) => {
  test("greets the name in its event.json", async () => {
    expect(await lambda().invoke(event("hello"))).toEqual({ message: "Hello Ada, from hello" });
  });

  test("fails as it says it does without a name", async () => {
    await expect(lambda().invoke({})).rejects.toMatchObject({ errorMessage: "name is required", stackTrace: [] });
  });
});

describeExample("errors", { handler: "errors.handle" }, (lambda) => {
  test("throws its own error class, with the cause, on its event.json", async () => {
    await expect(lambda().invoke(event("errors"))).rejects.toMatchObject({
      errorType: "OutOfStock",
      stackTrace: [expect.stringMatching(/src\/errors\.ts:18:\d+\)$/)],
      document: { cause: { errorType: "RangeError", errorMessage: "only 3 of lamp left, 5 wanted" } },
    });
  });

  test("succeeds when there is stock", async () => {
    expect(await lambda().invoke({ sku: "lamp" })).toEqual({ reserved: "1 × lamp" });
  });
});

describeExample("streaming", { handler: "streaming.countdown" }, (lambda) => {
  test("counts down", async () => {
    expect(await lambda().invoke(event("streaming"))).toBe("3…\n2…\n1…\nlift-off\n");
  });
});

describeExample("schema", { handler: "schema.total" }, (lambda) => {
  test("adds up the order in its event.json", async () => {
    expect(await lambda().invoke(event("schema"))).toEqual({
      id: "5f3c4ad0-8f0e-4f0c-9d5e-1c9a7b1f2a11",
      total: 90,
    });
  });

  test("refuses another shape before the handler runs, naming the place", async () => {
    await expect(lambda().invoke({ id: "1", items: [] })).rejects.toMatchObject({
      errorType: "ValidationError",
      errorMessage: expect.stringContaining("items"),
    });
  });
});

describeExample("aws-sdk", { handler: "orders.handle", memory: 256 }, (lambda) => {
  test("makes its clients and answers without an account", async () => {
    expect(await lambda().invoke(event("aws-sdk"))).toEqual({
      get: { table: "orders", key: { id: "1815" }, object: "1815.pdf" },
      region: "us-east-1",
      s3: "us-east-1",
    });
  });
});

describeExample("multiple-handlers", { function: "createUser" }, (lambda) => {
  test("keeps what it made across invocations", async () => {
    expect(await lambda().invoke({ id: "ada", name: "Ada" })).toEqual({ id: "ada" });
    await expect(lambda().invoke({ id: "ada", name: "Ada" })).rejects.toMatchObject({ errorType: "AlreadyExists" });
  });
});

describeExample("multiple-handlers", { function: "report" }, (lambda) => {
  test("has the environment that mayfly.config.ts gives it", async () => {
    expect(await lambda().invoke(event("multiple-handlers"))).toEqual({ total: "€42.50" });
  });
});

test("an example is built from its own folder, checked by the tsconfig.json above it", () => {
  const outdir = mkdtempSync(join(tmpdir(), "mayfly-examples-"));
  try {
    const command = [join(examples, "../bin/mayfly.js"), "build", "--typecheck", "--json", "--outdir", outdir];
    const built = spawnSync(process.execPath, command, { cwd: join(examples, "schema"), encoding: "utf8" });
    expect(built.stderr).toBe("");
    expect(JSON.parse(built.stdout)).toMatchObject({ handlers: [{ handler: "schema.total", file: "src/schema.ts" }] });
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

test("every example is tested here and has an event to invoke it with", () => {
  const names = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const tested = readFileSync(import.meta.filename, "utf8");
  for (const { name } of names) {
    expect(tested).toContain(`describeExample("${name}"`);
    expect(event(name)).toBeTypeOf("object");
  }
});
