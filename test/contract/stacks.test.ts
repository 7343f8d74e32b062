import { describe, expect, test } from "vitest";
import type { HttpFront } from "../../src/http/http-event.ts";
import { requestToEvent } from "../../src/http/front/request-to-event.ts";
import { isObject } from "../../src/http/shape.ts";
import { WIRE } from "../http/shapes.ts";
import type { ScriptedRuntimeApi } from "./runtime-api.ts";
import type { RuntimeProcess } from "./runtime-process.ts";
import { contractRuntimesOfEachTest } from "./runtimes.ts";

let api: ScriptedRuntimeApi;
const launch = contractRuntimesOfEachTest((given) => {
  api = given;
});

function start(handler: string, environment: Record<string, string> = {}): RuntimeProcess {
  return launch({ handler: `stacks.${handler}`, environment });
}

const SQS = { Records: [{ messageId: "1", eventSource: "aws:sqs", eventSourceARN: "arn:aws:sqs:us-east-1:1:q" }] };

function httpEvent(front: HttpFront): unknown {
  const where = { accountId: "123456789012", apiId: "abc", region: "us-east-1", stage: "$default" };
  return requestToEvent(front, WIRE, { ...where, binaryMediaTypes: [] });
}

describe("error.stack, as loggers print it, has the user's frames and none of the runtime's:", () => {
  test.each([
    ["sync", {}],
    ["asynchronous", {}],
    ["checked", {}],
    ["queue", SQS],
    ["callback", {}],
    ["app", httpEvent("function-url")],
  ])("%s", async (handler, event) => {
    start(handler);
    const answer = (await api.invoke(event)).json();
    const stack = isObject(answer) ? answer["body"] : answer;
    expect(stack).toMatch(/^Error: here\n {4}at stackHere \(src\/stacks\.ts:\d+:\d+\)/);
    expect(stack).not.toMatch(/mayfly|native/);
    if (handler === "asynchronous") expect(stack).toMatch(/\n {4}at inner \([^)]*\)\n {4}at async \S+ \(src\/stacks/);
  });

  test("with each function that called another as its last step", async () => {
    start("lastSteps");
    const frames = ["failing", "lastStep", "lastSteps"].map((name) => ` {4}at ${name} \\(src/stacks\\.ts:\\d+:\\d+\\)`);
    expect((await api.invoke({})).json()).toMatch(new RegExp(frames.join("\n")));
  });

  test("also where a library takes it of something that is no error", async () => {
    start("captured");
    const heads = [/^Error\n/, /^Named: with a message\n/, /^Own: its own\n/, /^Error\n/];
    const stacks = (await api.invoke({})).json();
    expect(stacks).toEqual(heads.map((head) => expect.stringMatching(head)));
    expect(stacks).toEqual(heads.map(() => expect.stringMatching(/ {4}at captured \(src\/stacks\.ts:\d+:\d+\)$/)));
  });

  test("but for what a library puts in the place of the runtime's own format", async () => {
    start("ownFormat");
    expect((await api.invoke({})).json()).toEqual(expect.any(Number));
  });
});

describe("a fetch that reaches nobody", () => {
  test("fails as in Node.js, with its line, and its cause says of which URL", async () => {
    start("fetches");
    expect((await api.invoke({})).json()).toEqual({
      name: "TypeError",
      message: "fetch failed",
      stack: expect.stringMatching(
        /^TypeError: fetch failed\n {4}at fetches \(src\/stacks\.ts:\d+:\d+\)(?:\n {4}at process\S+ \(native\))?$/,
      ),
      code: "ECONNREFUSED",
      cause: expect.stringMatching(/: http:\/\/127\.0\.0\.1:\d+\/orders$/),
    });
  });

  test("at the top of a module names URL and line, once", async () => {
    const runtime = launch({ handler: "fetches-first.handle" });
    const document = (await api.initError()).json();
    expect(document).toMatchObject({
      errorType: "TypeError",
      errorMessage: expect.stringMatching(
        /^Initialization error: .* failed: fetch failed: .*: http:\/\/127\.0\.0\.1:1\/settings$/,
      ),
      stackTrace: [expect.stringMatching(/src\/fetches-first\.ts:2:/)],
      cause: { errorType: "Error" },
    });
    await runtime.exited;
    expect(runtime.lines.join("\n")).toMatch(/^[^]*Init Error\t[^]*$/);
    expect(runtime.lines.join("\n")).not.toMatch(/Init Error[^]*Init Error|secret/);
  });

  test("because it was aborted says that", async () => {
    start("aborts");
    expect((await api.invoke({})).json()).toBe("AbortError");
  });
});

test("a name that nobody has is an Error, as in Node.js, under whatever name the engine has for it", async () => {
  start("looksUp");
  expect((await api.invoke({})).json()).toMatchObject({
    errorType: "Error",
    errorMessage: expect.stringContaining("ENOTFOUND"),
  });
});

test("a module that isn't there is an Error, known by its code", async () => {
  start("missing");
  expect((await api.invoke({ name: "no-such-package" })).json()).toEqual([
    ["Error", "Error", "ERR_MODULE_NOT_FOUND"],
    ["Error", "Error", "MODULE_NOT_FOUND"],
  ]);
});

test("and one that nothing catches doesn't tell where the engine has the program", async () => {
  start("misses");
  expect((await api.invoke({ name: "no-such-package" })).json()).toMatchObject({
    errorType: "Error",
    errorMessage: expect.stringMatching(
      /^Cannot find package 'no-such-package' imported from \S*src\/stacks\.ts\n"no-such-package" was not installed for the build, .*$/,
    ),
  });
});

describe("a result of which JSON keeps nothing", () => {
  const written = {
    orders: {},
    tags: {},
    list: [null, null],
    nested: { cause: {}, soon: {} },
    date: new Date(0).toJSON(),
  };

  test("is sent as AWS's runtime sends it, and nothing is said", async () => {
    const runtime = start("lossy");
    expect((await api.invoke({})).json()).toEqual(written);
    expect(runtime.lines).toEqual([]);
  });

  test("is named by path with LOGLEVEL=debug", async () => {
    const runtime = start("lossy", { LOGLEVEL: "debug" });
    expect((await api.invoke({})).json()).toEqual(written);
    await runtime.line("answered");
    const said = runtime.lines.flatMap((line) => /mayfly: (result\..*)/.exec(line)?.slice(1) ?? []);
    expect(said).toEqual([
      "result.orders is a Map, which JSON writes as {}",
      "result.tags is a Set, which JSON writes as {}",
      "result.list[0] is NaN, which JSON writes as null",
      "result.list[1] is a function, which JSON writes as null",
      "result.run is a function, which JSON leaves out",
      "result.nested.cause is an Error, which JSON writes as {}",
      "result.nested.soon is a Promise, which JSON writes as {}",
    ]);
  });
});
