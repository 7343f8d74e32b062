import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { FunctionError, startLambda, type TestLambda, type TestLambdaOptions } from "../../src/testing/index.ts";
import { shared, sharedBuild } from "../support/shared.ts";
import { temporaryFolder } from "./support/fake-runtime.ts";

const HANDLERS = `
  export function greet(event: { name: string }, context: { functionName: string; clientContext?: unknown }) {
    console.log("one\\ntwo");
    return { message: "Hello " + event.name, function: context.functionName, client: context.clientContext, table: process.env["TABLE"] };
  }
  export function crash() { throw new RangeError("out of bounds", { cause: new Error("deeper") }); }
  export function hang() { return new Promise((done) => setTimeout(done, 60_000)); }
  export async function* count() { for (const word of ["one", "two"]) yield word; }
  export const root = () => process.env["LAMBDA_TASK_ROOT"];
`;

function project(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries({ "package.json": `{"type":"module"}`, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

describe("startLambda with a handler file", () => {
  let lambda: TestLambda;
  beforeAll(async () => {
    const cwd = project({ "src/hello.ts": HANDLERS });
    lambda = await startLambda({ entry: "src/hello.ts", cwd, handler: "hello.greet", environment: { TABLE: "users" } });
  });
  afterAll(() => lambda.stop());

  test("builds it with the real engine and returns what the handler returned", async () => {
    const result = await lambda.invoke<{ message: string }>({ name: "Ada" }, { clientContext: { custom: { a: 1 } } });
    expect(result).toEqual({ message: "Hello Ada", function: "hello", client: { custom: { a: 1 } }, table: "users" });
  });

  test("gives the payload and the log as they are to invokeRaw", async () => {
    const { payload, functionError, log } = await lambda.invokeRaw({ name: "Ada" });
    expect(functionError).toBe(false);
    expect(JSON.parse(payload.toString())).toMatchObject({ message: "Hello Ada" });
    expect(log[0]).toMatch(/^START /);
    // One event, though it has two lines: that is how a line feed travels.
    expect(log).toContainEqual(expect.stringMatching(/\tINFO\tone\rtwo$/));
    expect(log.at(-1)).toMatch(/^REPORT /);
  });

  test("answers AWS's own client at its url", async () => {
    const client = new LambdaClient({
      endpoint: lambda.url,
      region: "us-east-1",
      credentials: { accessKeyId: "any", secretAccessKey: "any" },
    });
    onTestFinished(() => client.destroy());
    const answer = await client.send(
      new InvokeCommand({ FunctionName: lambda.functionName, Payload: `{"name":"Bob"}` }),
    );
    expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toMatchObject({ message: "Hello Bob" });
  });

  test("keeps all lines in order in logs", () => {
    expect(lambda.logs.map(({ source }) => source)).toContain("function");
    expect(lambda.logs[0]?.line).toMatch(/^INIT_START/);
  });
});

/** The handlers above, built: for what is not about the build. */
async function startBuilt(options: TestLambdaOptions): Promise<TestLambda> {
  const cwd = await shared("the handlers of the testing library", async (folder) => {
    await cp(project({ "src/hello.ts": HANDLERS }), folder, { recursive: true });
  });
  return startLambda({ zip: await sharedBuild({ cwd, flags: ["--host"] }), ...options });
}

describe("a failing handler", () => {
  test("rejects with its error's type, message, stack in the source, cause and log", async () => {
    await using lambda = await startBuilt({ handler: "hello.crash" });
    const error: unknown = await lambda.invoke({}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FunctionError);
    expect(error).toMatchObject({
      name: "FunctionError",
      message: "RangeError: out of bounds",
      errorType: "RangeError",
      errorMessage: "out of bounds",
      stackTrace: [expect.stringContaining("src/hello.ts:6")],
      document: { cause: { errorMessage: "deeper" } },
      log: expect.arrayContaining([expect.stringContaining("out of bounds")]),
    });
  });

  test("that never settles rejects with Lambda's timeout", async () => {
    await using lambda = await startBuilt({ handler: "hello.hang", timeout: 0.5 });
    await expect(lambda.invoke()).rejects.toMatchObject({ errorType: "Sandbox.Timedout" });
  });

  test("a streamed text comes as a string", async () => {
    await using lambda = await startBuilt({ handler: "hello.count" });
    expect(await lambda.invoke()).toBe("onetwo");
  });
});

describe("startLambda", () => {
  test("takes settings from mayfly.config.ts, and its options go first", async () => {
    const cwd = project({
      "src/hello.ts": `export const handle = () => [process.env["KEPT"], process.env["CHANGED"], process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]];`,
      "mayfly.config.ts": `export default { functions: {
        small: { entry: "src/hello.ts", environment: { KEPT: "config", CHANGED: "config" } },
        large: { entry: "src/hello.ts", memory: 512, environment: { KEPT: "config", CHANGED: "config" } } } };`,
    });
    await using lambda = await startLambda({ cwd, function: "large", environment: { CHANGED: "mine" } });
    expect(lambda.functionName).toBe("large");
    expect(await lambda.invoke()).toEqual(["config", "mine", "512"]);
    await expect(startLambda({ cwd })).rejects.toMatchObject({
      code: "MAYFLY_WHICH_FUNCTION",
      hint: "Say which one: small, large",
    });
    await expect(startLambda({ cwd, function: "huge" })).rejects.toMatchObject({ code: "MAYFLY_UNKNOWN_FUNCTION" });
  });

  test("runs as many environments as `environments` allows", async () => {
    await using lambda = await startBuilt({ handler: "hello.greet", environments: 1 });
    const [first, second] = await Promise.allSettled([lambda.invoke({ name: "A" }), lambda.invoke({ name: "B" })]);
    expect(first).toMatchObject({ status: "fulfilled", value: { message: "Hello A" } });
    expect(second).toMatchObject({ status: "rejected", reason: { code: "MAYFLY_TOO_MANY_REQUESTS" } });
  });

  test("asks which handler is meant when there are several", async () => {
    const cwd = project({ "src/hello.ts": HANDLERS });
    await expect(startLambda({ entry: "src/hello.ts", cwd })).rejects.toMatchObject({
      code: "MAYFLY_WHICH_HANDLER",
      hint: expect.stringContaining("hello.greet"),
    });
  });

  test("reports a build that fails as mayfly build does, and leaves no files", async () => {
    const cwd = project({ "src/hello.ts": `export const handle = ( => 1;\n` });
    // Of its own: other test files leave theirs in the system's meanwhile.
    const temporary = temporaryFolder();
    vi.stubEnv("TMPDIR", temporary);
    onTestFinished(() => void vi.unstubAllEnvs());
    const error: unknown = await startLambda({ entry: "src/hello.ts", cwd }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "Fault", code: expect.stringMatching(/^MAYFLY_/) });
    expect((error as Error).message).toContain("src/hello.ts:1");
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("lets one function call another through the AWS SDK", async () => {
    const cwd = project({
      "src/users.ts": `export const find = (event: { id: number }) => ({ id: event.id, name: "Ada" });`,
      "src/orders.ts": `
        import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
        const client = new LambdaClient();
        export async function place() {
          const answer = await client.send(new InvokeCommand({ FunctionName: "users", Payload: JSON.stringify({ id: 7 }) }));
          return { orderedBy: JSON.parse(answer.Payload?.transformToString() ?? "") };
        }`,
    });
    symlinkSync(resolve(import.meta.dirname, "../../node_modules"), join(cwd, "node_modules"), "dir");
    await using users = await startLambda({ entry: "src/users.ts", cwd, timeout: 60 });
    const environment = { AWS_ENDPOINT_URL_LAMBDA: users.url };
    await using orders = await startLambda({ entry: "src/orders.ts", cwd, environment, timeout: 60 });
    expect(await orders.invoke()).toEqual({ orderedBy: { id: 7, name: "Ada" } });
  });

  test("has stopped processes and removed files when its block is left", async () => {
    let root: string;
    {
      await using lambda = await startBuilt({ handler: "hello.root" });
      root = await lambda.invoke<string>();
      expect(existsSync(root)).toBe(true);
    }
    expect(existsSync(root)).toBe(false);
  });
});
