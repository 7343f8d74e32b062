import {
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  LambdaClient,
  ResourceNotFoundException,
  TooManyRequestsException,
  type InvokeWithResponseStreamResponseEvent,
} from "@aws-sdk/client-lambda";
import { describe, expect, onTestFinished, test } from "vitest";
import { startHarness, type Harness } from "./support/fake-runtime.ts";

/** AWS's own client, pointed at the local Lambda. */
function clientOf(harness: Harness): LambdaClient {
  const client = new LambdaClient({
    endpoint: harness.lambda.url,
    region: "us-east-1",
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return client;
}

async function collect(stream: AsyncIterable<InvokeWithResponseStreamResponseEvent> | undefined): Promise<{
  readonly chunks: readonly string[];
  readonly complete: InvokeWithResponseStreamResponseEvent.InvokeCompleteMember["InvokeComplete"] | undefined;
}> {
  const chunks: string[] = [];
  let complete;
  for await (const event of stream ?? []) {
    if (event.PayloadChunk?.Payload !== undefined) chunks.push(Buffer.from(event.PayloadChunk.Payload).toString());
    if (event.InvokeComplete !== undefined) complete = event.InvokeComplete;
  }
  return { chunks, complete };
}

describe("the AWS SDK's LambdaClient", () => {
  test("invokes, with the log's tail and a client context", async () => {
    const harness = await startHarness(
      `loop((event, { headers }) => { console.log("hi"); return { event, custom: JSON.parse(headers["lambda-runtime-client-context"]).custom }; })`,
    );
    const answer = await clientOf(harness).send(
      new InvokeCommand({
        FunctionName: "arn:aws:lambda:us-east-1:123456789012:function:hello",
        Payload: JSON.stringify({ n: 1 }),
        LogType: "Tail",
        ClientContext: Buffer.from(JSON.stringify({ custom: { a: "b" } })).toString("base64"),
      }),
    );
    expect(answer.StatusCode).toBe(200);
    expect(answer.ExecutedVersion).toBe("$LATEST");
    expect(answer.FunctionError).toBeUndefined();
    expect(answer.Payload?.transformToString()).toBe(`{"event":{"n":1},"custom":{"a":"b"}}`);
    expect(Buffer.from(answer.LogResult ?? "", "base64").toString()).toMatch(/^START .*\nhi\nEND .*\nREPORT /);
  });

  test("sees a function error", async () => {
    const harness = await startHarness(`loop(async (event, { id }) => { await fail(id, "Oops", "bad"); })`);
    const answer = await clientOf(harness).send(new InvokeCommand({ FunctionName: "hello" }));
    expect(answer.FunctionError).toBe("Unhandled");
    expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toMatchObject({ errorType: "Oops" });
  });

  test("queues an event and makes a dry run", async () => {
    const harness = await startHarness(`loop(() => { console.log("ran"); return 1; })`);
    const client = clientOf(harness);
    const dry = await client.send(new InvokeCommand({ FunctionName: "hello", InvocationType: "DryRun" }));
    expect(dry.StatusCode).toBe(204);
    expect(harness.lines()).toEqual([]);
    const event = await client.send(new InvokeCommand({ FunctionName: "hello", InvocationType: "Event" }));
    expect(event.StatusCode).toBe(202);
    await harness.line(/^ran$/);
  });

  test("throws its own exception classes", async () => {
    const harness = await startHarness(`loop(() => {})`, { environments: 1, timeout: 30 });
    const client = clientOf(harness);
    await expect(client.send(new InvokeCommand({ FunctionName: "nobody" }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
    const held = client.send(new InvokeCommand({ FunctionName: "hello" })).catch(() => "stopped");
    await harness.line(/^START/);
    await expect(client.send(new InvokeCommand({ FunctionName: "hello" }))).rejects.toBeInstanceOf(
      TooManyRequestsException,
    );
    await harness.lambda.stop();
    expect(await held).toBe("stopped");
  });
});

describe("InvokeWithResponseStream", () => {
  test("delivers each chunk when it is written, not when the function is done", async () => {
    // The function writes its second chunk only when the caller has seen the first.
    const harness = await startHarness(`
      loop(async (event, { id }) => {
        const request = stream(id);
        request.write("first");
        while (!require("node:fs").existsSync(event.file)) await new Promise((go) => setTimeout(go, 5));
        request.end("second");
        await request.answered;
      })`);
    const { writeFileSync, mkdtempSync, rmSync } = await import("node:fs");
    const { tmpdir } = await import("node:os");
    const folder = mkdtempSync(`${tmpdir()}/mayfly-test-`);
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const answer = await clientOf(harness).send(
      new InvokeWithResponseStreamCommand({
        FunctionName: "hello",
        LogType: "Tail",
        Payload: JSON.stringify({ file: `${folder}/seen` }),
      }),
    );
    const chunks: string[] = [];
    let complete;
    for await (const event of answer.EventStream ?? []) {
      if (event.PayloadChunk !== undefined) {
        chunks.push(Buffer.from(event.PayloadChunk.Payload ?? []).toString());
        writeFileSync(`${folder}/seen`, "");
      }
      complete = event.InvokeComplete ?? complete;
    }
    expect(chunks).toEqual(["first", "second"]);
    expect(complete?.ErrorCode).toBeUndefined();
    expect(Buffer.from(complete?.LogResult ?? "", "base64").toString()).toMatch(/\nREPORT /);
  });

  test("ends with the error that a stream's trailers report", async () => {
    const harness = await startHarness(`
      loop(async (event, { id }) => {
        const request = stream(id);
        request.write("part");
        request.addTrailers({
          "Lambda-Runtime-Function-Error-Type": "Function.Broken",
          "Lambda-Runtime-Function-Error-Body": Buffer.from(JSON.stringify({ errorType: "Broken", errorMessage: "midway" })).toString("base64"),
        });
        request.end();
        console.log("status " + await request.answered);
      })`);
    const answer = await clientOf(harness).send(new InvokeWithResponseStreamCommand({ FunctionName: "hello" }));
    const { chunks, complete } = await collect(answer.EventStream);
    expect(chunks).toEqual(["part"]);
    expect(complete?.ErrorCode).toBe("Function.Broken");
    expect(JSON.parse(complete?.ErrorDetails ?? "")).toEqual({ errorType: "Broken", errorMessage: "midway" });
    await harness.line(/^status 202$/);
  });

  test("delivers a buffered response too, and a function error", async () => {
    const harness = await startHarness(
      `loop(async (event, { id }) => { if (event.bad) { await fail(id, "Oops", "bad"); return; } return { n: 1 }; })`,
    );
    const client = clientOf(harness);
    const good = await client.send(new InvokeWithResponseStreamCommand({ FunctionName: "hello" }));
    expect(await collect(good.EventStream)).toMatchObject({ chunks: [`{"n":1}`] });
    const bad = await client.send(
      new InvokeWithResponseStreamCommand({ FunctionName: "hello", Payload: JSON.stringify({ bad: true }) }),
    );
    const { chunks, complete } = await collect(bad.EventStream);
    expect(chunks).toEqual([]);
    expect(JSON.parse(complete?.ErrorDetails ?? "")).toMatchObject({ errorType: "Oops" });
  });

  test("ends with the timeout of a function that stalls midway", async () => {
    const harness = await startHarness(`loop(async (event, { id }) => { stream(id).write("part"); })`, {
      timeout: 1,
    });
    const answer = await clientOf(harness).send(new InvokeWithResponseStreamCommand({ FunctionName: "hello" }));
    const { chunks, complete } = await collect(answer.EventStream);
    expect(chunks).toEqual(["part"]);
    expect(complete?.ErrorCode).toBe("Sandbox.Timedout");
  });
});
