import { request, type IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { startHarness } from "./support/fake-runtime.ts";
import { send } from "./support/http.ts";

const invokePath = "/2015-03-31/functions/hello/invocations";
const streamPath = "/2021-11-15/functions/hello/response-streaming-invocations";

test("a buffered Invoke of a streaming function gets all of it at once", async () => {
  const { lambda } = await startHarness(
    `loop(async (event, { id }) => { const s = stream(id); s.write("a"); s.write("b"); s.end("c"); await s.answered; })`,
  );
  const answer = await send(lambda.url + invokePath, { method: "POST" });
  expect(answer.body.toString()).toBe("abc");
  expect(answer.headers["content-type"]).toBe("application/octet-stream");
});

test("a buffered Invoke of more than fits is a function error", async () => {
  const { lambda } = await startHarness(
    `loop(async (event, { id }) => { const s = stream(id); for (let i = 0; i < 7; i++) s.write(Buffer.alloc(1_000_000)); s.end(); await s.answered; })`,
    { memory: 512, timeout: 60 },
  );
  const answer = await send(lambda.url + invokePath, { method: "POST" });
  expect(answer.headers["x-amz-function-error"]).toBe("Unhandled");
  expect(JSON.parse(answer.body.toString())).toMatchObject({ errorType: "Function.ResponseSizeTooLarge" });
});

test("a caller who doesn't read holds the function back", async () => {
  const total = 40_000_000;
  const { lambda, line, lines } = await startHarness(
    `loop(async (event, { id }) => {
       const s = stream(id);
       const block = Buffer.alloc(100_000);
       let held = false;
       for (let sent = 0; sent < ${total}; sent += block.length) {
         if (!s.write(block)) await new Promise((go) => {
           const timer = setTimeout(() => { if (!held) console.log("held"); held = true; }, 300);
           s.once("drain", () => { clearTimeout(timer); go(); });
         });
       }
       s.end(); await s.answered; console.log("done");
     })`,
    { timeout: 60 },
  );
  let received = 0;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(lambda.url + streamPath, { method: "POST" }, resolve)
      .on("error", reject)
      .end();
  });
  await line(/^held$/);
  expect(lines()).not.toContain("done");
  for await (const chunk of response) if (Buffer.isBuffer(chunk)) received += chunk.length;
  await line(/^done$/);
  expect(received).toBeGreaterThan(total);
});

test("a stream past 200 MiB is refused there, and caller and runtime are told that limit", async () => {
  const { lambda, line } = await startHarness(
    `loop(async (event, { id }) => {
       const s = stream(id);
       s.on("response", (response) => response.on("data", (body) => console.log(response.statusCode + body.toString())));
       const block = Buffer.alloc(1_048_576);
       for (let sent = 0; sent <= 200; sent++) if (!s.write(block)) await new Promise((go) => s.once("drain", go));
       s.end("x"); await s.answered;
     })`,
    { timeout: 60 },
  );
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(lambda.url + streamPath, { method: "POST" }, resolve)
      .on("error", reject)
      .end();
  });
  let end = Buffer.alloc(0);
  for await (const chunk of response) if (Buffer.isBuffer(chunk)) end = Buffer.concat([end, chunk]).subarray(-1_000);
  expect(end.toString()).toContain("Response payload size exceeded maximum allowed payload size (209715200 bytes).");
  expect(await line(/^413/)).toContain("Exceeded maximum allowed payload size (209715200 bytes).");
});

test("when the caller leaves, the function runs to its end all the same", async () => {
  const { lambda, line, invoke } = await startHarness(
    `loop(async (event, { id }) => {
       if (event.again) return "fine";
       const s = stream(id);
       s.write("first");
       const interval = setInterval(() => s.write(Buffer.alloc(50_000)), 5);
       setTimeout(() => { clearInterval(interval); s.end(); }, 300);
       console.log("status " + await s.answered);
     })`,
  );
  const outgoing = request(lambda.url + streamPath, { method: "POST" }, (response) => {
    response.once("data", () => outgoing.destroy());
    response.on("error", () => undefined);
  });
  outgoing.on("error", () => undefined);
  outgoing.end();
  await line(/^status 202$/);
  expect(await invoke({ again: true })).toEqual({ error: false, value: "fine" });
});

test("a runtime that dies in mid-stream is reported as its exit", async () => {
  const { invoke } = await startHarness(
    `loop(async (event, { id }) => { const s = stream(id); s.write("part"); setTimeout(() => process.exit(3), 50); })`,
  );
  expect(await invoke({})).toMatchObject({
    error: true,
    value: { errorType: "Runtime.ExitError", errorMessage: expect.stringContaining("exit status 3") },
  });
});

test("a response cut short by a runtime that lives on is truncated", async () => {
  const { invoke } = await startHarness(
    `let n = 0;
     loop(async (event, { id }) => {
       if (n++ > 0) return "fine";
       const s = stream(id); s.answered.catch(() => {}); s.write("part", () => setTimeout(() => s.destroy(), 50));
     })`,
  );
  expect(await invoke({})).toMatchObject({ error: true, value: { errorType: "Runtime.TruncatedResponse" } });
  expect(await invoke({})).toEqual({ error: false, value: "fine" });
});

test("an error that a stream's trailers don't give as base64 is refused, and the caller has its type", async () => {
  const { lambda, lines, until } = await startHarness(
    `loop(async (event, { id }) => {
       const s = stream(id);
       s.write("part");
       s.addTrailers({ "Lambda-Runtime-Function-Error-Type": "Function.Broken", "Lambda-Runtime-Function-Error-Body": event.body });
       s.end();
       console.log(event.body + " " + await s.answered);
     })`,
  );
  const bodies = [`{"errorType":"Broken"}`, "AAA", "AA==AA==", "A-_=", "AAAA=", "AA AA", "e30="];
  for (const body of bodies) {
    const result = await lambda.invoke("hello", Buffer.from(JSON.stringify({ body })));
    const isRefused = body !== "e30=";
    await until(() => (lines().includes(`${body} ${isRefused ? 400 : 202}`) ? true : undefined));
    expect([body, result.functionError, result.payload.toString()]).toEqual([
      body,
      true,
      isRefused ? `{"errorType":"Function.Broken","errorMessage":""}` : "{}",
    ]);
  }
});
