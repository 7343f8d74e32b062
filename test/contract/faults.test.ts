import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { makeGate } from "../support/gate.ts";
import type { Reaction, ScriptedRuntimeApi } from "./runtime-api.ts";
import type { RuntimeProcess } from "./runtime-process.ts";
import { contractRuntimesOfEachTest } from "./runtimes.ts";

let api: ScriptedRuntimeApi;
const launch = contractRuntimesOfEachTest((given) => {
  api = given;
});

function start(
  handler: string,
  environment: Record<string, string> = {},
  address: string = api.address,
): RuntimeProcess {
  return launch({ handler: `faults.${handler}`, environment }, address);
}

function nextHeaders(requestId: string): Record<string, string> {
  return {
    "lambda-runtime-aws-request-id": requestId,
    "lambda-runtime-deadline-ms": String(Date.now() + 30_000),
    "lambda-runtime-invoked-function-arn": "arn:x",
  };
}

describe("a handler that goes wrong outside of its own promise", () => {
  test("and never settles is answered as soon as nothing is left that could settle it; the process goes on", async () => {
    start("neverSettles");
    for (let index = 0; index < 2; index++) {
      expect((await api.invoke({})).json()).toMatchObject({ errorType: "Runtime.HandlerNeverSettled" });
    }
  });

  test.each([
    ["rejectsBeside", "Runtime.UnhandledPromiseRejection", "forgotten promise", 128],
    ["throwsBeside", "TypeError", "out of a callback", 129],
    ["exitsLater", "Runtime.ExitError", "process.exit(4)", 4],
  ])("%s: its invocation is answered with %s, then the process ends", async (handler, errorType, message, code) => {
    const runtime = start(handler);
    const answer = await api.invoke({});
    expect(answer.json()).toMatchObject({ errorType, errorMessage: expect.stringContaining(message) });
    expect(await runtime.exited).toEqual({ code, signal: null });
    expect(runtime.lines.join("\n")).toContain(message);
    expect(api.posts).toHaveLength(1);
  });

  test.each(["reject", "throw"])(
    "between two invocations (%s): the log has it, the next one is served",
    async (kind) => {
      const runtime = start("leavesFault");
      const [gate, never] = [makeGate(), makeGate()];
      expect((await api.invoke({ kind, until: gate.file })).json()).toBe("done");
      await api.idle();
      gate.open();
      expect(await runtime.line(`left by ${kind}`)).toContain("\tERROR\t");
      expect((await api.invoke({ kind: "reject", until: never.file })).json()).toBe("done");
    },
  );

  test.each(["abc", 1.5])("but asks to exit with %j is told so, and the process goes on", async (code) => {
    start("exitsWith");
    const answer = await api.invoke({ code });
    expect(answer.json()).toMatchObject({
      errorType: "TypeError",
      errorMessage: expect.stringContaining(String(code)),
    });
    expect((await api.invoke({ code })).kind).toBe("error");
  });

  test.each([
    ["reject", 128],
    ["throw", 129],
  ])(
    "with a value that can't be looked at (%s): its invocation is answered, then the process ends",
    async (how, code) => {
      const runtime = start("faultsUnseen");
      expect((await api.invoke({ how })).kind).toBe("error");
      expect(await runtime.exited).toEqual({ code, signal: null });
    },
  );

  test("strikes every invocation that is under way", async () => {
    const runtime = start("thirdRejects", { AWS_LAMBDA_MAX_CONCURRENCY: "3" });
    const ids = [api.offer({}), api.offer({}), api.offer({})];
    const answers = await Promise.all(ids.map((id) => api.answerTo(id)));
    expect(answers.map((answer) => answer.kind)).toEqual(["error", "error", "error"]);
    expect((await runtime.exited).code).toBe(128);
    expect(api.posts).toHaveLength(3);
  });
});

test("a verbose runtime warns of the deadline that is near, and of no other", async () => {
  const runtime = start("waits", { AWS_LAMBDA_MAX_CONCURRENCY: "3", LOGLEVEL: "debug" });
  await api.idle();
  const [gate, open] = [makeGate(), makeGate()];
  open.open();
  const deadlineMs = Date.now() + 4_000;
  const near = api.offer({ until: gate.file }, { deadlineMs });
  const done = [api.offer({ until: open.file }, { deadlineMs: deadlineMs - 100 }), api.offer({ until: open.file })];
  await Promise.all(done.map((id) => api.answerTo(id)));
  // The other, had it been warned of, would have been before.
  await runtime.line("Timeout");
  gate.open();
  await api.answerTo(near);
  expect(runtime.lines.filter((line) => line.includes("Timeout"))).toEqual([expect.stringContaining(near)]);
});

test("an environment that has to end answers the invocations under way and takes on no others", async () => {
  const runtime = start("waits", { AWS_LAMBDA_MAX_CONCURRENCY: "3" });
  const [gate, open] = [makeGate(), makeGate()];
  open.open();
  const slow = api.offer({ until: gate.file });
  const lost = api.offer({ until: open.file });
  api.react = ({ requestId }) => ({ status: requestId === lost ? 500 : 202 });
  await runtime.line("The process ends");
  const late = api.offer({ until: open.file });
  gate.open();
  expect((await api.answerTo(slow)).kind).toBe("response");
  expect((await runtime.exited).code).toBe(1);
  expect(api.posts.map((post) => post.requestId)).toEqual([lost, slow]);
  expect(api.posts.map((post) => post.requestId)).not.toContain(late);
});

test.each([
  ["text", { errorType: "string", errorMessage: "a string" }],
  ["null", { errorType: "null" }],
  ["undefined", { errorType: "undefined" }],
  ["frozen", { errorType: "Error", errorMessage: "frozen" }],
  ["getter", { errorType: "Object" }],
  ["huge", { errorType: "Error", errorMessage: expect.stringMatching(/more characters\)$/) }],
  ["longName", { errorType: expect.stringMatching(/^A{200}… \(\d+ more characters\)$/), errorMessage: "named" }],
  ["hiddenErrors", { errorType: "Error", errorMessage: "hides its list" }],
  ["aggregate", { errorType: "AggregateError", errors: [{ errorMessage: "one" }, { errorType: "TypeError" }] }],
])("throwing %s gives an error that says so", async (what, expected) => {
  start("throwsAnything");
  expect((await api.invoke({ what })).json()).toMatchObject(expected);
  expect((await api.invoke({ what })).kind).toBe("error");
});

describe("an init that goes wrong outside of its own promise", () => {
  test.each([
    ["never-settles.handle", "Runtime.InitNeverSettled"],
    ["exits.handle", "Runtime.ExitError"],
  ])("%s is reported as %s", async (handler, errorType) => {
    const runtime = launch({ handler });
    expect((await api.initError()).json()).toMatchObject({ errorType });
    expect((await runtime.exited).code).toBe(1);
    expect(api.posts).toHaveLength(1);
  });
});

describe.each([
  ["that only loads a module", {}],
  ["that registers a shutdown callback", { SHUTDOWN: "1" }],
])("an init %s", (_name, environment) => {
  test.each([
    ["rejection", "Runtime.UnhandledPromiseRejection"],
    ["exception", "Error"],
    ["exit", "Runtime.ExitError"],
  ])("whose module leaves this behind fails of it: %s", async (leaves, errorType) => {
    const runtime = launch({
      handler: "leaves-faults.handle",
      environment: { ...environment, LEAVES: leaves },
    });
    expect((await api.initError()).json()).toMatchObject({ errorType });
    expect((await runtime.exited).code).toBe(1);
    expect(api.posts).toHaveLength(1);
    expect(api.nextCount).toBe(0);
  });
});

describe("a Runtime API that refuses an answer", () => {
  test.each([400, 403, 404, 410, 413])("with %i has settled it: logged, and the next is served", async (status) => {
    const runtime = start("echo");
    api.react = () => ({ status, body: '{"errorType":"Refused"}' });
    const { requestId } = await api.invoke(1);
    api.react = () => ({ status: 202 });
    expect((await api.invoke(2)).json()).toBe(2);
    expect(await runtime.line("refused")).toContain(requestId);
    expect(api.posts).toHaveLength(2);
  });

  test.each<[string, Reaction]>([
    ["a container error", { status: 500 }],
    ["a connection that goes away before the answer is read", "drop-before-reading"],
    ["a connection that goes away after it", "drop-after-reading"],
    ["silence", "no-answer"],
  ])("by %s leaves the answer unknown: nothing is sent twice, the process ends", async (_name, reaction) => {
    const runtime = start("echo");
    api.react = () => reaction;
    const requestId = api.offer(1);
    expect((await runtime.exited).code).toBe(1);
    expect(await runtime.line("unknown")).toContain(requestId);
    expect(api.posts.length).toBeLessThanOrEqual(1);
    expect(api.nextCount).toBe(1);
  });

  test("and of an init error: both are in the log", async () => {
    api.react = () => ({ status: 403 });
    const runtime = launch({ handler: "exits.handle" });
    await runtime.exited;
    expect(runtime.lines.join("\n")).toMatch(/Init Error[^]*could not be reported/);
  });
});

describe("a Runtime API whose answer to next", () => {
  test.each([400, 403, 500, 503])("is %i ends the process with the reason in the log", async (status) => {
    const runtime = start("echo");
    api.offerRaw({ kind: "status", status });
    expect((await runtime.exited).code).toBe(1);
    expect(await runtime.line("The runtime ends")).toContain(String(status));
  });

  test("does not come, the connection being closed, is asked again", async () => {
    start("echo");
    api.offerRaw({ kind: "raw", bytes: "" });
    expect((await api.invoke(1)).json()).toBe(1);
    expect(api.nextCount).toBeGreaterThanOrEqual(2);
  });

  test.each([
    ["is no HTTP", "ERROR: out of cheese\r\n\r\n"],
    ["breaks off in the head", "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Requ"],
    ["has no request id", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"],
    ["is longer than it says", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}{}"],
  ])("%s can't be answered: the process ends", async (_name, bytes) => {
    const runtime = start("echo");
    api.offerRaw({ kind: "raw", bytes });
    expect((await runtime.exited).code).toBe(1);
    expect(await runtime.line("The runtime ends")).toMatch(/\tFATAL\t/);
    expect(api.posts).toHaveLength(0);
  });

  test.each([
    ["breaks off in the event", {}, '{"a":', 500],
    ["has no deadline", { "lambda-runtime-deadline-ms": "" }, "{}", 2],
    ["has a deadline that is no number", { "lambda-runtime-deadline-ms": "soon" }, "{}", 2],
    ["has no function ARN", { "lambda-runtime-invoked-function-arn": "" }, "{}", 2],
    ["has a client context that is no JSON", { "lambda-runtime-client-context": "{" }, "{}", 2],
  ])("%s is answered with an error, and the next is served", async (_name, headers, event, length) => {
    const runtime = start("echo");
    const requestId = randomUUID();
    const head = Object.entries({
      ...nextHeaders(requestId),
      ...headers,
      "content-length": String(length),
      connection: "close",
    });
    api.offerRaw({
      kind: "raw",
      bytes: `HTTP/1.1 200 OK\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${event}`,
    });
    expect((await api.answerTo(requestId)).json()).toMatchObject({ errorType: "Runtime.PlatformError" });
    expect(await runtime.line("PlatformError")).toContain(requestId);
    expect((await api.invoke(2)).json()).toBe(2);
  });
});

describe("the way to the Runtime API", () => {
  test("that nobody serves ends the process after a few tries", async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, "127.0.0.1", resolve));
    const address = free.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    await new Promise((resolve) => free.close(resolve));
    const runtime = start("echo", {}, `127.0.0.1:${address.port}`);
    expect((await runtime.exited).code).toBe(1);
    expect(await runtime.line("can't be reached")).toContain(String(address.port));
  });

  test.each(["", "nonsense", "127.0.0.1", "127.0.0.1:99999", "http://127.0.0.1:9001"])(
    "%j is no address, and the log says so",
    async (address) => {
      const runtime = start("echo", {}, address);
      expect((await runtime.exited).code).toBe(1);
      expect(runtime.lines.join("\n")).toContain("AWS_LAMBDA_RUNTIME_API");
    },
  );

  test("takes no proxy", async () => {
    const proxy = "http://127.0.0.1:1";
    start("echo", { HTTP_PROXY: proxy, http_proxy: proxy, ALL_PROXY: proxy, HTTPS_PROXY: proxy });
    expect((await api.invoke(1)).json()).toBe(1);
  });
});
