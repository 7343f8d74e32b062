import {
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  type LambdaClient,
  RequestTooLargeException,
  ResourceNotFoundException,
} from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LocalLambda } from "../../src/local/local-lambda.ts";
import { buildExample } from "./build-example.ts";
import { sdkClient } from "./sdk-client.ts";

let errors: ReturnType<typeof buildExample>;
let streaming: ReturnType<typeof buildExample>;
let lambda: LocalLambda;
let sdk: LambdaClient;

beforeAll(async () => {
  errors = buildExample("errors");
  streaming = buildExample("streaming");
  lambda = await LocalLambda.start({
    functions: {
      reserve: { package: errors.folder, handler: "errors.handle" },
      countdown: { package: streaming.folder, handler: "streaming.countdown" },
    },
  });
  sdk = sdkClient(lambda.url);
});

afterAll(async () => {
  sdk?.destroy();
  await lambda?.stop();
  errors?.remove();
  streaming?.remove();
});

describe("the AWS SDK's Invoke", () => {
  async function invoke(event: unknown) {
    return await sdk.send(new InvokeCommand({ FunctionName: "reserve", Payload: JSON.stringify(event) }));
  }

  test("gets the value of a success", async () => {
    const answer = await invoke({ sku: "lamp" });
    expect(answer.StatusCode).toBe(200);
    expect(answer.ExecutedVersion).toBe("$LATEST");
    expect(answer.FunctionError).toBeUndefined();
    expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toEqual({ reserved: "1 × lamp" });
  });

  test("gets a function error with status 200", async () => {
    const answer = await invoke({});
    expect(answer.StatusCode).toBe(200);
    expect(answer.FunctionError).toBe("Unhandled");
    expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toMatchObject({ errorMessage: "sku is required" });
  });

  test("gets the tail of the log when it asks for it", async () => {
    const answer = await sdk.send(
      new InvokeCommand({
        FunctionName: "reserve",
        LogType: "Tail",
        Payload: JSON.stringify({ sku: "lamp", quantity: 9 }),
      }),
    );
    const log = Buffer.from(answer.LogResult ?? "", "base64").toString();
    expect(log).toContain(`START RequestId: ${answer.$metadata.requestId}`);
    expect(log).toContain("OutOfStock");
    expect(log).toContain(`REPORT RequestId: ${answer.$metadata.requestId}`);
  });

  test("addresses the function by its ARN", async () => {
    const arn = "arn:aws:lambda:us-east-1:123456789012:function:reserve";
    const answer = await sdk.send(new InvokeCommand({ FunctionName: arn, Payload: `{"sku":"bulb"}` }));
    expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toEqual({ reserved: "1 × bulb" });
  });

  test("hands an event over for later with 202", async () => {
    const answer = await sdk.send(
      new InvokeCommand({ FunctionName: "reserve", InvocationType: "Event", Payload: `{"sku":"lamp"}` }),
    );
    expect(answer.StatusCode).toBe(202);
    await lambda.eventsDrained();
  });

  test("checks a call without making it with 204", async () => {
    const answer = await sdk.send(new InvokeCommand({ FunctionName: "reserve", InvocationType: "DryRun" }));
    expect(answer.StatusCode).toBe(204);
  });

  test("throws the SDK's own exception for a function that doesn't exist", async () => {
    await expect(sdk.send(new InvokeCommand({ FunctionName: "nobody" }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
  });

  test("throws the SDK's own exception for an event over the limit", async () => {
    const Payload = JSON.stringify({ sku: "x".repeat(6_291_456) });
    await expect(sdk.send(new InvokeCommand({ FunctionName: "reserve", Payload }))).rejects.toBeInstanceOf(
      RequestTooLargeException,
    );
  });
});

describe("the AWS SDK's InvokeWithResponseStream", () => {
  test("gets each chunk when it was sent, then the end", async () => {
    const answer = await sdk.send(
      new InvokeWithResponseStreamCommand({ FunctionName: "countdown", Payload: `{"from":3}`, LogType: "Tail" }),
    );
    const chunks: string[] = [];
    let log = "";
    for await (const part of answer.EventStream ?? []) {
      if (part.PayloadChunk) chunks.push(Buffer.from(part.PayloadChunk.Payload ?? []).toString());
      if (part.InvokeComplete) log = Buffer.from(part.InvokeComplete.LogResult ?? "", "base64").toString();
    }
    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.join("")).toBe("3…\n2…\n1…\nlift-off\n");
    expect(log).toContain("REPORT RequestId:");
  });

  test("gets a function error after the stream", async () => {
    const answer = await sdk.send(new InvokeWithResponseStreamCommand({ FunctionName: "reserve", Payload: "{}" }));
    let details: string | undefined;
    for await (const part of answer.EventStream ?? []) details = part.InvokeComplete?.ErrorDetails ?? details;
    expect(JSON.parse(details ?? "")).toMatchObject({ errorMessage: "sku is required" });
  });
});
