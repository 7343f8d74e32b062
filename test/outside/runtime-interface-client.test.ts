import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvokeWithResponseStreamCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LocalLambda } from "../../src/local/local-lambda.ts";
import { describeWith, newerNode, runtimeInterfaceClient } from "./parts.ts";
import { sdkClient } from "./sdk-client.ts";

const HANDLERS = `
export const echo = async (event, context) => ({
  event,
  id: context.awsRequestId,
  name: context.functionName,
  arn: context.invokedFunctionArn,
  inTime: context.getRemainingTimeInMillis() > 0,
});

export const fails = async () => {
  throw new TypeError("no such thing");
};

export const streams = awslambda.streamifyResponse(async (event, stream) => {
  stream.setContentType("text/plain");
  for (const word of event.words) stream.write(word + " ");
  stream.end();
});

export const breaks = awslambda.streamifyResponse(async (event, stream) => {
  stream.write("half of it");
  throw new RangeError("the rest is lost");
});
`;

const parts = { node: newerNode, client: runtimeInterfaceClient };

describeWith(parts, "AWS's own runtime on our Runtime API", ({ node, client }) => {
  let folder: string;
  let lambda: LocalLambda;
  let sdk: LambdaClient;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "mayfly-ric-"));
    writeFileSync(join(folder, "bootstrap"), `#!/bin/sh\nexec "${node}" "${client}" "$_HANDLER"\n`);
    chmodSync(join(folder, "bootstrap"), 0o755);
    writeFileSync(join(folder, "index.mjs"), HANDLERS);
    const settings = { package: folder, memory: 1024, timeout: 30 };
    lambda = await LocalLambda.start({
      functions: {
        echo: { ...settings, handler: "index.echo" },
        fails: { ...settings, handler: "index.fails" },
        streams: { ...settings, handler: "index.streams" },
        breaks: { ...settings, handler: "index.breaks" },
        absent: { ...settings, handler: "index.absent" },
      },
    });
    sdk = sdkClient(lambda.url);
  });

  afterAll(async () => {
    sdk?.destroy();
    await lambda?.stop();
    rmSync(folder, { recursive: true });
  });

  async function invoke(name: string, event: unknown) {
    const result = await lambda.invoke(name, Buffer.from(JSON.stringify(event)));
    return { ...result, json: JSON.parse(result.payload.toString()) as unknown };
  }

  test("a handler gets the event and a whole context, one invocation after another", async () => {
    for (const n of [1, 2, 3]) {
      const { json, requestId, functionError } = await invoke("echo", { n, text: "žluť 🦟" });
      expect(functionError).toBe(false);
      expect(json).toEqual({
        event: { n, text: "žluť 🦟" },
        id: requestId,
        name: "echo",
        arn: expect.stringMatching(/^arn:aws:lambda:us-east-1:\d{12}:function:echo$/),
        inTime: true,
      });
    }
  });

  test("a thrown error reaches the caller as a function error", async () => {
    for (let times = 0; times < 2; times += 1) {
      const { json, functionError } = await invoke("fails", {});
      expect(functionError).toBe(true);
      expect(json).toMatchObject({ errorType: "TypeError", errorMessage: "no such thing" });
    }
  });

  test("a handler that doesn't exist is an error of the init phase", async () => {
    const { json, functionError } = await invoke("absent", {});
    expect(functionError).toBe(true);
    expect(json).toMatchObject({ errorType: "Runtime.HandlerNotFound" });
  });

  test("a streamed response arrives whole through InvokeWithResponseStream", async () => {
    const { text, error } = await stream("streams", { words: ["mayflies", "live", "a", "day"] });
    expect(text).toBe("mayflies live a day ");
    expect(error).toBeUndefined();
  });

  test("an error in mid-stream follows the bytes that were sent", async () => {
    const { text, error } = await stream("breaks", {});
    expect(text).toBe("half of it");
    expect(JSON.parse(error ?? "")).toMatchObject({ errorType: "RangeError", errorMessage: "the rest is lost" });
  });

  async function stream(name: string, event: unknown): Promise<{ text: string; error: string | undefined }> {
    const command = new InvokeWithResponseStreamCommand({ FunctionName: name, Payload: JSON.stringify(event) });
    const answer = await sdk.send(command);
    let text = "";
    let error: string | undefined;
    for await (const part of answer.EventStream ?? []) {
      if (part.PayloadChunk) text += Buffer.from(part.PayloadChunk.Payload ?? []).toString();
      if (part.InvokeComplete) error = part.InvokeComplete.ErrorDetails;
    }
    return { text, error };
  }
});
