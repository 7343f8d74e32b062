import { describe, expect, test } from "vitest";
import { makeGate } from "../support/gate.ts";
import type { ScriptedRuntimeApi } from "./runtime-api.ts";
import type { RuntimeProcess } from "./runtime-process.ts";
import { contractRuntimesOfEachTest } from "./runtimes.ts";

let api: ScriptedRuntimeApi;
const launch = contractRuntimesOfEachTest((given) => {
  api = given;
});

function start(handler: string, environment: Record<string, string> = {}): RuntimeProcess {
  return launch({ handler: `callbacks.${handler}`, environment });
}

describe("a handler written for a callback", () => {
  test.each([
    ["three", { name: "a" }, { name: "a" }],
    ["atOnce", { name: "a" }, { name: "a" }],
    ["nothing", {}, null],
    ["asyncThree", {}, { ok: "function" }],
    ["promiseOfThree", {}, { ok: "function" }],
    ["asyncCallsBack", {}, "by callback"],
    ["returnsIgnored", {}, "called back"],
    ["rest", { name: "a" }, { name: "a" }],
    ["arguments", { name: "a" }, { name: "a" }],
    ["defaulted", { name: "a" }, { name: "a" }],
    ["bound", { name: "a" }, { name: "a" }],
    ["api.method", {}, "this"],
    ["flag", {}, [true, false, true]],
    ["adapter", {}, [201, "collected"]],
  ])("%s answers each event %j with %j", async (handler, event, expected) => {
    start(handler);
    for (let index = 0; index < 2; index++) {
      const answer = await api.invoke(event);
      expect(answer.json()).toEqual(expected);
      expect(answer.kind).toBe("response");
    }
  });

  test.each(["never", "neverAfterWork", "neverOfTwo", "ofOne"])(
    "and never answered (%s) is answered with null once nothing is left to run",
    async (handler) => {
      const runtime = start(handler);
      for (let index = 0; index < 2; index++) {
        const answer = await api.invoke({});
        expect([answer.kind, answer.json()]).toEqual(["response", null]);
      }
      expect(runtime.lines).toEqual([]);
    },
  );
});

describe("a method of the context", () => {
  test.each([
    ["succeed", "succeeded"],
    ["done", "done"],
    ["emitter", "emitted"],
    ["proxied", "proxied"],
  ])("answers: %s", async (handler, expected) => {
    start(handler);
    expect((await api.invoke({})).json()).toBe(expected);
    expect((await api.invoke({})).json()).toBe(expected);
  });

  test.each([
    ["fail", { error: "why" }, "string", "why"],
    ["doneError", {}, "string", "not done"],
    ["failNothing", {}, "string", "handled"],
  ])("fails: %s", async (handler, event, errorType, errorMessage) => {
    start(handler);
    const answer = await api.invoke(event);
    expect(answer.kind).toBe("error");
    expect(answer.json()).toMatchObject({ errorType, errorMessage });
  });
});

describe("an error given to the callback", () => {
  test.each([
    ["error", "NoStock", "none left"],
    ["class", "NoStock", "none left"],
    ["string", "string", "Unauthorized"],
    ["empty", "string", ""],
    ["number", "number", "5"],
    ["false", "boolean", "false"],
    ["object", "object", "[object Object]"],
    ["like", "Like", "an error"],
    ["bare", "object", "A value that has no text was given to the callback"],
  ])("is reported as AWS's runtime does: %s", async (kind, errorType, errorMessage) => {
    const runtime = start("errors");
    const answer = await api.invoke({ kind });
    expect(answer.kind).toBe("error");
    expect(answer.json()).toMatchObject({ errorType, errorMessage });
    expect(await runtime.line("Invoke Error")).toContain(errorMessage);
    expect((await api.invoke({ kind })).kind).toBe("error");
  });

  test("has the stack of where it was made", async () => {
    start("errors");
    const answer = await api.invoke({ kind: "error" });
    expect(answer.json()).toHaveProperty(["stackTrace", 0], expect.stringContaining("src/callbacks.cjs:"));
  });
});

describe("of several answers the first counts:", () => {
  test.each([
    [["callback", "succeed"], false, "callback"],
    [["callback", "error"], false, "callback"],
    [["succeed", "callback"], false, "succeed"],
    [["callback"], true, "callback"],
    [["succeed", "fail"], true, "succeed"],
    [[], true, "promise"],
  ])("of %j (and a promise: %j) %s", async (ways, promise, expected) => {
    start("first");
    expect((await api.invoke({ ways, promise })).json()).toBe(expected);
    expect((await api.invoke({ ways, promise })).json()).toBe(expected);
    expect(api.posts).toHaveLength(2);
  });

  test("an error before a result", async () => {
    start("first");
    expect((await api.invoke({ ways: ["error", "callback"] })).json()).toMatchObject({ errorMessage: "error" });
    expect((await api.invoke({ ways: ["fail", "succeed"], promise: true })).json()).toMatchObject({
      errorMessage: "fail",
    });
    expect(api.posts).toHaveLength(2);
  });

  test("a promise before a callback that comes later", async () => {
    start("promiseFirst");
    expect((await api.invoke({})).json()).toBe("promise");
    expect((await api.invoke({})).json()).toBe("promise");
  });

  test("a callback before what the handler throws then, and that where there was none", async () => {
    start("throws");
    expect((await api.invoke({ after: true })).json()).toBe("first");
    expect((await api.invoke({})).json()).toMatchObject({ errorType: "TypeError", errorMessage: "thrown" });
  });
});

describe("callbackWaitsForEmptyEventLoop", () => {
  test.each([undefined, true])("as %j: the result leaves once nothing is left to run", async (waits) => {
    start("leaves");
    const gate = makeGate();
    const id = api.offer({ waits, until: gate.file });
    await api.taken();
    gate.open();
    expect((await api.answerTo(id)).json()).toEqual({ left: 1 });
  });

  test("as false: the result leaves at once, and work goes on in the next invocation", async () => {
    start("leaves");
    const [first, second] = [makeGate(), makeGate()];
    expect((await api.invoke({ waits: false, until: first.file })).json()).toEqual({ left: 0 });
    // What is still open holds up whoever waits, as on Lambda.
    const id = api.offer({ until: second.file });
    await api.taken();
    second.open();
    first.open();
    expect((await api.answerTo(id)).json()).toEqual({ left: 2 });
  });

  test.each([
    ["an error", { by: "error" }, { errorMessage: "failed" }],
    ["context.succeed", { by: "succeed" }, { left: 0 }],
  ])("holds up nothing but the callback's result: %s leaves at once", async (_name, event, expected) => {
    start("leaves");
    const gate = makeGate();
    expect((await api.invoke({ ...event, until: gate.file })).json()).toMatchObject(expected);
  });

  test.each([true, false])(
    "a rejection that nothing handles comes before the answer (a callback: %j)",
    async (calls) => {
      const runtime = start("rejectsUnseen");
      const answer = await api.invoke({ calls });
      expect(answer.json()).toMatchObject({ errorType: "Runtime.UnhandledPromiseRejection" });
      expect((await runtime.exited).code).toBe(128);
      expect(api.posts).toHaveLength(1);
    },
  );

  test("a fault while it is waited is the invocation's", async () => {
    const runtime = start("faultAfter");
    expect((await api.invoke({})).json()).toMatchObject({ errorType: "RangeError" });
    expect((await runtime.exited).code).toBe(129);
    expect(api.posts).toHaveLength(1);
  });
});

describe("where an environment serves several invocations at once", () => {
  const shared = { AWS_LAMBDA_MAX_CONCURRENCY: "4" };

  test("the callback answers, and doesn't wait for the others", async () => {
    start("leaves", shared);
    const gate = makeGate();
    expect((await api.invoke({ until: gate.file })).json()).toEqual({ left: 0 });
    const answers = await Promise.all([1, 2, 3].map(() => api.invoke({})));
    expect(answers.map((answer) => answer.json())).toEqual([{ left: 0 }, { left: 0 }, { left: 0 }]);
  });

  test("a function that takes none has answered when it returns", async () => {
    start("neverOfTwo", shared);
    expect((await api.invoke({})).json()).toBeNull();
  });
});

test("a wrapper that takes the runtime's listener for rejections from process._events is asked first", async () => {
  const runtime = start("rejections");
  const answer = await api.invoke({});
  expect(answer.kind).toBe("error");
  expect(answer.json()).toMatchObject({ errorType: "Runtime.UnhandledPromiseRejection" });
  await runtime.line('wrapped nobody ["function",true,true]');
});
