import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { PreludeReader } from "../../src/http/prelude.ts";
import { buildFixture } from "../contract/build-fixture.ts";
import type { Posted, ScriptedRuntimeApi } from "../contract/runtime-api.ts";
import type { RuntimeProcess } from "../contract/runtime-process.ts";
import { runtimesOfEachTest } from "../contract/runtimes.ts";

let bootstrap = "";
let api: ScriptedRuntimeApi;
const launch = runtimesOfEachTest((given) => {
  api = given;
});
let runtime: RuntimeProcess;

beforeAll(async () => {
  bootstrap = await buildFixture([join(import.meta.dirname, "../fixtures/streamify/src/app.ts")]);
});

function invoke(handler: string, event: unknown = {}): Promise<Posted> {
  runtime = launch({ bootstrap, handler: `app.${handler}` });
  return api.invoke(event);
}

function readHttp({ body }: Posted) {
  const progress = new PreludeReader().push(body);
  if (progress.kind !== "complete") throw new Error(progress.kind);
  return { ...progress.prelude, body: Buffer.from(progress.rest).toString() };
}

describe("a handler that awslambda.streamifyResponse made", () => {
  test("streams status, headers, cookies and each piece when it is written", async () => {
    const chunks: string[] = [];
    api.onChunk = (_id, chunk) => chunks.push(chunk.toString());
    const answer = await invoke("page");
    expect(answer.headers).toMatchObject({
      "lambda-runtime-function-response-mode": "streaming",
      "content-type": "application/vnd.awslambda.http-integration-response",
    });
    expect(readHttp(answer)).toEqual({
      statusCode: 201,
      headers: { "content-type": "text/plain", "x-request": answer.requestId },
      cookies: ["a=1", "b=2"],
      body: "first second",
    });
    expect(chunks.at(-1)).toBe("second");
  });

  test("may go on after the end of its stream; its invocation ends with it", async () => {
    await invoke("page");
    await runtime.line("done after the end");
    expect(readHttp(await api.invoke({})).statusCode).toBe(201);
  });

  test("may answer without a body", async () => {
    expect(readHttp(await invoke("empty"))).toMatchObject({ statusCode: 204, body: "" });
  });

  test("may be the end of a pipeline, with a content type of its own", async () => {
    const answer = await invoke("piped");
    expect(answer.headers["content-type"]).toBe("text/csv");
    expect(answer.body.toString()).toBe("a,b\nc");
  });

  test("sends as JSON what is neither text nor bytes", async () => {
    expect((await invoke("value", { name: "Ada" })).body.toString()).toBe('{"got":{"name":"Ada"}}');
  });

  test("that fails before the first byte is a plain function error", async () => {
    const answer = await invoke("early");
    expect(answer.kind).toBe("error");
    expect(answer.json()).toMatchObject({ errorType: "PaymentFailed", errorMessage: "before a byte" });
  });

  test("that fails later says so in the trailers, and serves on", async () => {
    const answer = await invoke("late");
    expect(answer.body.toString()).toBe("half");
    expect(answer.trailers["lambda-runtime-function-error-type"]).toBe("Function.PaymentFailed");
    expect((await api.invoke({})).body.toString()).toBe("half");
  });

  test("that never ends its stream is told what may be missing", async () => {
    expect((await invoke("unended")).json()).toMatchObject({
      errorType: "Runtime.HandlerNeverSettled",
      errorMessage: expect.stringContaining("the end() of a response stream"),
    });
  });

  test("is told when nobody reads any more", async () => {
    runtime = launch({ bootstrap, handler: "app.endless" });
    api.onRequest = (request) => void request.once("data", () => request.socket.destroy());
    api.offer({});
    expect(await runtime.line("given up after")).toMatch(/\d+ pieces/);
  });

  test("may be Hono's own streamHandle", async () => {
    const requestContext = { http: { method: "GET" }, domainName: "abc.lambda-url.us-east-1.on.aws" };
    const answer = await invoke("hono", {
      version: "2.0",
      rawPath: "/hello/Ada",
      rawQueryString: "",
      headers: {},
      requestContext,
    });
    expect(readHttp(answer)).toMatchObject({ statusCode: 201, body: "Hello Ada" });
  });

  test("is no other handler", async () => {
    expect((await invoke("plain")).json()).toEqual({ streamify: "function" });
  });
});
