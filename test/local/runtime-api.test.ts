import { expect, test } from "vitest";
import { startHarness } from "./support/fake-runtime.ts";
import { send } from "./support/http.ts";

test("an accepted answer gets 202 and Lambda's body", async () => {
  const { invoke, line } = await startHarness(
    `loop(async (event, { id }) => { const { status, body } = await respond(id, 1); console.log(status + body); })`,
  );
  await invoke({});
  expect(await line(/^202/)).toBe(`202{"status":"OK"}`);
});

test("a second answer is refused with 403 and changes nothing", async () => {
  const { invoke, line } = await startHarness(
    `loop(async (event, { id }) => { await respond(id, "first"); const { status, body } = await respond(id, "second"); console.log(status + body); })`,
  );
  expect(await invoke({})).toEqual({ error: false, value: "first" });
  expect(await line(/^403/)).toContain("InvalidStateTransition");
});

test("an answer to an id that isn't the current one is refused with 400", async () => {
  const { invoke, line } = await startHarness(
    `loop(async (event, { id }) => { const { status, body } = await respond("8476a536-e9f4-11e8-9739-2dfe598c3fcd", 1); console.log(status + body); return 2; })`,
  );
  expect((await invoke({})).value).toBe(2);
  expect(await line(/^400/)).toContain("InvalidRequestID");
});

test("an answer before the first next, and next before an answer, are refused with 403", async () => {
  const { invoke, line } = await startHarness(
    `respond("any", 1).then(({ status }) => { console.log("early " + status); return loop(async () => {
       const { status } = await call("GET", api + "/invocation/next"); console.log("greedy " + status); return 1; }); })`,
  );
  expect((await invoke({})).value).toBe(1);
  await line(/^early 403$/);
  await line(/^greedy 403$/);
});

test("init/error after the first next is refused with 403", async () => {
  const { invoke, line } = await startHarness(
    `loop(async () => { const { status } = await call("POST", api + "/init/error", "{}"); console.log("init " + status); return 1; })`,
  );
  expect((await invoke({})).value).toBe(1);
  await line(/^init 403$/);
});

test("a response over the limit gets 413, and the caller has been answered already", async () => {
  const { invoke, line } = await startHarness(
    `loop(async (event, { id }) => {
       const { status, body } = await respond(id, "x".repeat(event.length));
       console.log(status + body);
       if (status === 413) console.log("error " + (await fail(id, "TooLarge", "mine")).status);
     })`,
    { memory: 512, timeout: 60 },
  );
  // The two quotes count.
  expect((await invoke({ length: 6_291_554 })).error).toBe(false);
  expect(await invoke({ length: 6_291_555 })).toEqual({
    error: true,
    value: {
      errorType: "Function.ResponseSizeTooLarge",
      errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    },
  });
  expect(await line(/^413/)).toBe(
    `413{"errorMessage":"Exceeded maximum allowed payload size (6291556 bytes).","errorType":"RequestEntityTooLarge"}`,
  );
  await line(/^error 403$/);
  expect((await invoke({ length: 1 })).value).toBe("x");
});

test("an unknown response mode is refused and fails the invocation", async () => {
  const { invoke, line } = await startHarness(
    `loop(async (event, { id }) => {
       const { status } = await call("POST", api + "/invocation/" + id + "/response", "1", { "lambda-runtime-function-response-mode": "chunky" });
       console.log("status " + status); })`,
  );
  expect(await invoke({})).toMatchObject({ error: true, value: { errorType: "Runtime.InvalidResponseModeHeader" } });
  await line(/^status 400$/);
});

test("what a handler reports reaches the caller whatever type its header names", async () => {
  const { invoke } = await startHarness(
    `loop(async (event, { id }) => { await fail(id, "custom", "m", { "lambda-runtime-function-error-type": "anything at all" }); })`,
  );
  expect((await invoke({})).value).toMatchObject({ errorType: "custom" });
});

test("restore, an unknown path, a foreign Host and a foreign Origin are refused", async () => {
  const { invoke } = await startHarness(
    `loop(async () => [
       (await call("GET", api + "/restore/next")).status,
       (await call("GET", "/other")).status,
       (await call("GET", api + "/invocation/next", undefined, { host: "evil.example" })).status,
       (await call("GET", api + "/invocation/next", undefined, { origin: "http://evil.example" })).status,
     ])`,
  );
  expect((await invoke({})).value).toEqual([404, 404, 403, 403]);
});

test("each environment has its own Runtime API: another's ids are unknown there", async () => {
  const { invoke } = await startHarness(`loop((event, { id }) => ({ id, api: process.env.AWS_LAMBDA_RUNTIME_API }))`);
  const first = await invoke({});
  const other = await startHarness(`loop(async (event, { id }) => ({ status: (await respond(event.id, 1)).status }))`);
  expect((await other.invoke(first.value)).value).toEqual({ status: 400 });
  const { api } = first.value as { api: string };
  // A stray caller can't answer for the runtime: its invocation is over.
  const stray = await send(`http://${api}/2018-06-01/runtime/init/error`, { method: "POST", body: "{}" });
  expect(stray.status).toBe(403);
});
