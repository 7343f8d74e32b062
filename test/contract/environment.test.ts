import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ScriptedRuntimeApi } from "./runtime-api.ts";
import type { RuntimeProcess } from "./runtime-process.ts";
import { contractRuntimesOfEachTest } from "./runtimes.ts";

let folder = "";
let api: ScriptedRuntimeApi;
const launch = contractRuntimesOfEachTest((given) => {
  api = given;
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mayfly-wrapper-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function start(handler: string, environment: Record<string, string> = {}): RuntimeProcess {
  return launch({ handler, environment });
}

describe("AWS_LAMBDA_EXEC_WRAPPER", () => {
  async function wrapper(script: string): Promise<string> {
    const path = join(folder, "wrapper");
    await writeFile(path, script);
    await chmod(path, 0o755);
    return path;
  }

  test("starts the bootstrap through the wrapper, once, in the same process", async () => {
    const path = await wrapper('#!/bin/sh\necho "wrapped as $$"\nexport ADDED="by $0"\nexec "$@"\n');
    const runtime = start("environment.variables", { AWS_LAMBDA_EXEC_WRAPPER: path });
    const answer = await api.invoke({ names: ["ADDED", "AWS_LAMBDA_EXEC_WRAPPER"] });
    expect(answer.json()).toMatchObject({ ADDED: `by ${path}`, pid: expect.any(Number) });
    const pid = Number(/wrapped as (\d+)/.exec(await runtime.line("wrapped"))?.[1]);
    expect(answer.json()).toHaveProperty("pid", pid);
    expect(runtime.lines).toHaveLength(1);
  });

  test.each([
    ["does not exist", async () => join(folder, "nowhere")],
    [
      "is not executable",
      async () => {
        const path = join(folder, "plain");
        await writeFile(path, "#!/bin/sh\n");
        return path;
      },
    ],
    ["has no #! line", () => wrapper('exec "$@"\n')],
    ["is a folder", async () => folder],
  ])("that %s ends the process with 127 and says which", async (_name, path) => {
    const wrapperPath = await path();
    const runtime = start("environment.variables", { AWS_LAMBDA_EXEC_WRAPPER: wrapperPath });
    expect((await runtime.exited).code).toBe(127);
    expect(runtime.lines.join("\n")).toContain(wrapperPath);
  });
});

describe("shutdown", () => {
  test("runs every callback on SIGTERM, the failing one notwithstanding, and ends the process", async () => {
    const runtime = start("shutdown.handle");
    expect((await api.invoke({})).json()).toBe("served");
    runtime.kill("SIGTERM");
    expect(await runtime.exited).toEqual({ code: 0, signal: null });
    const log = runtime.lines.join("\n");
    expect(log).toContain("connections closed");
    expect(log).toMatch(/Shutdown Error\tError: telemetry lost/);
  });

  test("runs each callback once, however often SIGTERM comes, and waits for it", async () => {
    const runtime = start("shutdown.handle");
    await api.invoke({});
    runtime.kill("SIGTERM");
    await runtime.line("closing");
    runtime.kill("SIGTERM");
    expect((await runtime.exited).code).toBe(0);
    expect(runtime.lines.filter((line) => line.includes("clos")).map((line) => line.split("\t").at(-1))).toEqual([
      "closing",
      "connections closed",
    ]);
  });

  test("makes Mayfly an internal extension where a callback is registered", async () => {
    start("shutdown.handle");
    await api.invoke({});
    expect(api.extensions).toHaveLength(1);
    expect(api.extensions[0]).toHaveProperty("lambda-extension-name", expect.stringMatching(/^mayfly/));
  });

  test("asks nothing of the platform where none is", async () => {
    start("faults.echo");
    await api.invoke({});
    expect(api.extensions).toHaveLength(0);
  });
});

describe("the trace id", () => {
  test("is in _X_AMZN_TRACE_ID during its invocation only", async () => {
    start("environment.variables");
    const event = { names: ["_X_AMZN_TRACE_ID"] };
    expect((await api.invoke(event, { traceId: "Root=1-a" })).json()).toHaveProperty("_X_AMZN_TRACE_ID", "Root=1-a");
    expect((await api.invoke(event)).json()).not.toHaveProperty("_X_AMZN_TRACE_ID");
  });

  test("is in the context alone where invocations run side by side", async () => {
    start("environment.variables", { AWS_LAMBDA_MAX_CONCURRENCY: "2" });
    const answer = await api.invoke({ names: ["_X_AMZN_TRACE_ID"] }, { traceId: "Root=1-a" });
    expect(answer.json()).not.toHaveProperty("_X_AMZN_TRACE_ID");
    expect(answer.json()).toHaveProperty("traceId", "Root=1-a");
  });
});

test("client context and identity reach the handler parsed", async () => {
  start("environment.clientContext");
  const clientContext = { client: { app_title: "Ä✓" }, custom: { key: "value" } };
  const identity = { cognitoIdentityId: "id", cognitoIdentityPoolId: "pool" };
  expect((await api.invoke({}, { clientContext, identity })).json()).toEqual({ clientContext, identity });
  expect((await api.invoke({})).json()).toEqual({});
});

describe("a console method", () => {
  test("becomes one event of the right level, formatted as Node.js does", async () => {
    const runtime = start("environment.consoles");
    const { requestId } = await api.invoke({});
    await runtime.line("the end");
    const events = runtime.lines.map((line) => {
      const [, id, level, ...message] = line.split("\t");
      expect(id).toBe(requestId);
      return `${level} ${message.join("\t")}`;
    });
    expect(events).toEqual([
      "TRACE trace",
      "DEBUG debug",
      "INFO log { a: 1 }",
      "INFO two\rlines",
      'WARN 3 of 4, "x %d" 50% { deep: [ 1 ] }',
      "ERROR Error: shown\r    at consoles (src/environment.ts:20:21)",
      "ERROR Assertion failed really",
      "INFO group",
      "INFO inside",
      "INFO the end",
    ]);
  });

  test("is one event whatever it shows", async () => {
    const runtime = start("environment.oddConsoles");
    await api.invoke({});
    await runtime.line("the end");
    expect(runtime.lines.slice(0, -1).map((line) => line.split("\t").slice(2).join(" "))).toEqual([
      "INFO [ { a: 1 }, { a: 2 } ]",
      "INFO { b: 3 }",
      "INFO default: 1",
      "INFO default: 2",
      expect.stringMatching(/^INFO timer: \d+\.\d{3}ms$/),
      "INFO Symbol(mark)",
      "INFO [Function: oddConsoles]",
      expect.stringContaining("RangeError: inside"),
      "INFO <Revoked Proxy> seen",
      "INFO the [a value that can't be shown]",
    ]);
  });

  test("loses nothing in JSON that JSON can't carry", async () => {
    const runtime = start("environment.oddConsoles", { AWS_LAMBDA_LOG_FORMAT: "json" });
    const { requestId } = await api.invoke({});
    await runtime.line("the end");
    const records = runtime.lines.map((line): unknown => JSON.parse(line));
    expect(records).toEqual(records.map(() => expect.objectContaining({ requestId, message: expect.anything() })));
    expect(records.slice(5, 8)).toMatchObject([
      { message: "Symbol(mark)" },
      { message: "[Function: oddConsoles]" },
      { message: { error: { errorType: "RangeError", errorMessage: "inside" } } },
    ]);
    expect(records.at(-1)).toMatchObject({ level: "ERROR", error: { errorMessage: "in a field" } });
  });

  test("keeps a value a value in JSON, and tells an error in fields", async () => {
    const runtime = start("environment.jsonConsoles", { AWS_LAMBDA_LOG_FORMAT: "json" });
    await api.invoke({});
    await runtime.line("circular");
    const [value, error, several, own, getter, circular] = runtime.lines.map((line): unknown => JSON.parse(line));
    expect(value).toMatchObject({ level: "INFO", message: { order: 7 } });
    expect(error).toMatchObject({ level: "ERROR", message: { errorType: "RangeError", errorMessage: "far" } });
    expect(several).toMatchObject({
      level: "WARN",
      errorType: "RangeError",
      message: expect.stringContaining("failed for 7 RangeError: far"),
    });
    expect(own).toMatchObject({ level: "INFO", message: "own fields win", order: 8 });
    expect(getter).toMatchObject({ level: "WARN", message: "getter" });
    expect(circular).toMatchObject({ message: expect.stringContaining("circular") });
  });
});

describe("an error given to log", () => {
  test("shows its type, message and the user's frames in text", async () => {
    const runtime = start("environment.logsErrors");
    await api.invoke({});
    await runtime.line("beside");
    const frame = /RangeError: far\r {4}at logsErrors \(src\/environment\.ts:\d+:\d+\)$/;
    expect(runtime.lines.map((line) => line.split("\t").slice(3))).toEqual([
      ["alone", expect.stringMatching(frame)],
      ["beside", "{ order: 7 }", expect.stringMatching(frame)],
    ]);
  });

  test("is described in JSON: alone at the top, in a field below it", async () => {
    const runtime = start("environment.logsErrors", { AWS_LAMBDA_LOG_FORMAT: "JSON" });
    await api.invoke({});
    await runtime.line("beside");
    const described = {
      errorType: "RangeError",
      errorMessage: "far",
      stackTrace: [expect.stringContaining("src/environment.ts")],
    };
    const [alone, beside] = runtime.lines.map((line): unknown => JSON.parse(line));
    expect(alone).toMatchObject({ message: "alone", ...described });
    expect(beside).toMatchObject({ message: "beside", order: 7, error: described });
  });
});

test("a promise given to ok() is awaited", async () => {
  start("environment.promised");
  expect((await api.invoke({})).json()).toEqual({ later: 1 });
});

test("a schema rejects a bad event with its paths before the handler sees it, and hands on what it made of a good one", async () => {
  const runtime = start("environment.checked");
  const bad = await api.invoke({ name: 5, tags: ["a", 1] });
  expect(bad.json()).toMatchObject({
    errorType: "ValidationError",
    errorMessage: expect.stringMatching(/^The event is not valid: name: .*; tags\[1\]: /),
  });
  expect((await api.invoke({ name: "Ada" })).json()).toEqual({ name: "Ada", tags: ["default"] });
  expect(runtime.lines).toEqual([]);
});

test("what init rehearses leaves no trace for user code to see", async () => {
  const runtime = start("environment.rehearsalTraces", { BACKGROUND: "1" });
  expect(await runtime.line("before any invocation")).toMatch(/\t-\tINFO\tbefore any invocation: undefined$/);
  expect((await api.invoke({}, { traceId: "Root=1-b" })).json()).toEqual({
    atLoad: [null, null],
    first: "Root=1-b",
    invocations: 1,
  });
});
