import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { HttpFront } from "../../src/http/http-event.ts";
import { PreludeReader } from "../../src/http/prelude.ts";
import { requestToEvent } from "../../src/http/front/request-to-event.ts";
import { resultToResponse } from "../../src/http/front/result-to-response.ts";
import { isObject, type JsonObject } from "../../src/http/shape.ts";
import { fromSingleHeaders, webSocketEvent, WIRE } from "./shapes.ts";
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
  bootstrap = await buildFixture([join(import.meta.dirname, "app/src/app.ts")]);
});

function start(handler = "app.default", environment: Readonly<Record<string, string>> = {}): void {
  runtime = launch({ bootstrap, handler, environment });
}

function eventOf(target: string, method = "GET", front: HttpFront = "function-url"): JsonObject {
  const event = requestToEvent(
    front,
    { ...WIRE, method, target },
    {
      accountId: "123456789012",
      apiId: "abcdefghij",
      region: "us-east-1",
      stage: "$default",
      binaryMediaTypes: ["*/*"],
    },
  );
  if (!isObject(event)) throw new Error("no event");
  return event;
}

function clientSees(posted: Posted, front: HttpFront = "function-url") {
  expect(posted.kind).toBe("response");
  const { status, headers, body } = resultToResponse(front, posted.body, ["*/*"]).response;
  return { status, headers, text: Buffer.from(body).toString() };
}

describe("an exported object with fetch", () => {
  test.each<HttpFront>(["function-url", "api-gateway-v1", "api-gateway-v2", "alb", "alb-multi-value"])(
    "answers through %s",
    async (front) => {
      start();
      const { status, text } = clientSees(await api.invoke(eventOf("/echo?a=1", "GET", front)), front);
      expect(status).toBe(200);
      expect(JSON.parse(text)).toMatchObject({ method: "GET", url: "https://example.com/echo?a=1" });
    },
  );

  test("may be a function", async () => {
    start("app.functionApp");
    expect(clientSees(await api.invoke(eventOf("/a/b")))).toMatchObject({ status: 200, text: "fetched /a/b" });
    expect((await api.invoke({ Records: [] })).json()).toMatchObject({ errorType: "Runtime.NotAnHttpEvent" });
  });

  test("reaches the event, the context and the environment, from a copy of the request too", async () => {
    start();
    const answer = await api.invoke(eventOf("/invocation"));
    expect(JSON.parse(clientSees(answer).text)).toMatchObject({
      region: "us-east-1",
      requestId: answer.requestId,
      same: answer.requestId,
      context: { http: { method: "GET", sourceIp: "192.0.2.1" } },
      copied: true,
    });
  });

  test("that throws gives the client a bare 500 and the log the stack", async () => {
    start();
    const answer = await api.invoke(eventOf("/throw"));
    expect(clientSees(answer)).toMatchObject({ status: 500, text: "Internal Server Error\n" });
    const line = await runtime.line("Invoke Error");
    expect(line).toContain(answer.requestId);
    expect(line).toContain("PaymentFailed: card 4111 refused");
    expect(line).toMatch(/src\/app\.ts:\d+/);
    expect(clientSees(await api.invoke(eventOf("/echo"))).status).toBe(200);
  });

  test.each([
    ["/nothing", "fetch gave nothing in place of a Response to send. Answer what no route takes"],
    ["/read", "The body of the Response was read before"],
    ["/broken-body", "PaymentFailed: midway"],
  ])("whose answer to %s can't be sent gives a 500 and says why in the log", async (target, reason) => {
    start();
    expect(clientSees(await api.invoke(eventOf(target)))).toMatchObject({ status: 500 });
    expect(await runtime.line("Invoke Error")).toContain(reason);
  });

  test("may set several cookies, redirect and answer with nothing", async () => {
    start();
    const cookies = clientSees(await api.invoke(eventOf("/cookies"))).headers.filter(([name]) => name === "set-cookie");
    expect(cookies.map(([, value]) => value)).toEqual(["a=1", "b=2; Secure"]);
    const redirect = clientSees(await api.invoke(eventOf("/redirect")));
    expect(redirect.status).toBe(303);
    expect(redirect.headers).toContainEqual(["location", "https://example.com/echo"]);
    expect(clientSees(await api.invoke(eventOf("/empty")))).toMatchObject({ status: 204, text: "" });
  });

  test("answers HEAD without a body", async () => {
    start();
    expect(clientSees(await api.invoke(eventOf("/echo", "HEAD")))).toMatchObject({ status: 200, text: "" });
  });

  test("gives up a response over the limit with a 413 that says how large it is", async () => {
    start();
    const answer = clientSees(await api.invoke(eventOf("/large?size=7000000")));
    expect(answer).toMatchObject({ status: 413, text: expect.stringMatching(/^Payload too large: .* 70\d{5} bytes/) });
    expect(await runtime.line("Invoke Error")).toContain("ResponseSizeTooLarge");
    expect(clientSees(await api.invoke(eventOf("/large?size=2000000", "GET", "alb")), "alb").status).toBe(413);
    expect(clientSees(await api.invoke(eventOf("/large?size=6000000"))).status).toBe(200);
  });

  test("can go on after its answer; the next invocation waits for that", async () => {
    start();
    expect(clientSees(await api.invoke(eventOf("/later"))).text).toBe("at once");
    expect(runtime.lines.join("\n")).not.toContain("done later");
    await api.idle();
    await runtime.line("done later");
    expect(await runtime.line("waitUntil failed")).toContain("PaymentFailed");
  });

  test("is told shortly before the deadline", async () => {
    start();
    const answer = await api.invoke(eventOf("/deadline"), { deadlineMs: Date.now() + 1_000 });
    expect(clientSees(answer)).toMatchObject({ status: 503, text: "TimeoutError" });
  });

  test("is not given up by a deadline that means nothing", async () => {
    start();
    for (const deadlineMs of [1, Date.now() + 3e9]) {
      const answer = await api.invoke(eventOf("/signal"), { deadlineMs });
      expect(clientSees(answer)).toMatchObject({ status: 200, text: "false" });
    }
  });

  test.each([
    [{ Records: [{ eventSource: "aws:sqs" }] }, "the event is a batch of records from aws:sqs"],
    [{ name: "Ada" }, "the event is an object with name"],
  ])("fails on an event that is no request, and names it: %j", async (event, named) => {
    start();
    const answer = await api.invoke(event);
    expect(answer.kind).toBe("error");
    expect(answer.json()).toMatchObject({ errorType: "Runtime.NotAnHttpEvent" });
    expect(answer.json()).toHaveProperty("errorMessage", expect.stringContaining(named));
  });
});

describe("a request that is malformed", () => {
  test.each<[string, JsonObject, number]>([
    ["base64 that is none", { ...eventOf("/echo", "POST"), body: "not base64!", isBase64Encoded: true }, 400],
    ["a line break in a header", { ...eventOf("/echo"), headers: { host: "a", "x-a": "1\r\nx-b: 2" } }, 400],
    ["a header name with a space", { ...eventOf("/echo"), headers: { "x a": "1" } }, 400],
    ["a method for proxies", eventOf("/echo", "TRACE"), 501],
    ["a method that is none", eventOf("/echo", "GE T"), 400],
  ])("gets no further, for %s", async (_name, event, status) => {
    start();
    expect(clientSees(await api.invoke(event)).status).toBe(status);
    expect(clientSees(await api.invoke(eventOf("/echo"))).status).toBe(200);
  });

  test.each<[string, JsonObject, string]>([
    ["a bad escape", { ...eventOf("/"), rawPath: "/%E0%A4%A/%zz" }, "https://example.com/%E0%A4%25A/%25zz"],
    ["a second host", { ...eventOf("/"), rawPath: "//evil.example/echo" }, "https://example.com//evil.example/echo"],
    ["a backslash", { ...eventOf("/"), rawPath: "/a\\b" }, "https://example.com/a%5Cb"],
    ["half a surrogate pair", { ...eventOf("/"), rawPath: "/\ud800" }, "https://example.com/%EF%BF%BD"],
    [
      "a host that isn't one",
      { ...eventOf("/"), headers: { host: "a@b/c" } },
      "https://abcdefghij.lambda-url.us-east-1.on.aws/",
    ],
  ])("in its URL can't lead elsewhere: %s", async (_name, event, url) => {
    start("app.default", { LOGLEVEL: "error" });
    const { rawPath } = event;
    // The app only knows /echo: the rest of the URL is told by lambdaEvent and the 404.
    expect(clientSees(await api.invoke(event)).status).toBe(404);
    const { toRequest } = await import("./to-request.ts");
    expect(toRequest({ ...event, rawPath: rawPath ?? "/" }, "api-gateway-v2").url).toBe(url);
  });

  test("with very many and very long headers is served", async () => {
    start();
    const headers = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`x-${index}`, "v".repeat(500)]));
    const { status, text } = clientSees(await api.invoke({ ...eventOf("/echo"), headers }));
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ headers });
  });
});

describe("a request with headers", () => {
  test("sent several times has all their values", async () => {
    start();
    const headers = { "x-a": "3", cookie: "b=2" };
    const multiValueHeaders = { "x-a": ["1", "2", "3"], cookie: ["a=1", "b=2"] };
    const rest = { ...eventOf("/echo", "GET", "api-gateway-v1"), headers, multiValueHeaders };
    const seen = clientSees(await api.invoke(rest), "api-gateway-v1");
    expect(JSON.parse(seen.text)).toMatchObject({ headers: { "x-a": "1, 2, 3", cookie: "a=1; b=2" } });
  });

  test("in two spellings of one name has both", async () => {
    start();
    const seen = clientSees(await api.invoke({ ...eventOf("/echo"), headers: { "X-A": "1", "x-a": "2" } }));
    expect(JSON.parse(seen.text)).toMatchObject({ headers: { "x-a": "1, 2" } });
  });

  test("of which one is as long as an event can be is served", async () => {
    start();
    const seen = clientSees(await api.invoke({ ...eventOf("/echo"), headers: { "x-long": "v".repeat(1_000_000) } }));
    expect(JSON.parse(seen.text)).toHaveProperty("headers.x-long.length", 1_000_000);
  });
});

describe("an answer with a line break in a header", () => {
  test("can't be made: the client gets a bare 500", async () => {
    start();
    const target = `/header?value=${encodeURIComponent("1\r\nset-cookie: admin=1")}`;
    const { status, headers, text } = clientSees(await api.invoke(eventOf(target)));
    expect([status, text]).toEqual([500, "Internal Server Error\n"]);
    expect(JSON.stringify(headers)).not.toContain("admin");
  });

  test("that a function returns as it is gets no further than its front", async () => {
    start("app.brokenResult");
    const { status, headers } = clientSees(await api.invoke(eventOf("/")));
    expect(status).toBe(502);
    expect(JSON.stringify(headers)).not.toContain("admin");
  });
});

describe("a WebSocket connection", () => {
  test("is requests to one app: its start, its messages and its end", async () => {
    start();
    const wire = { ...WIRE, target: "/?token=t", body: Buffer.from("grüße") };
    for (const [event, method, body] of [
      [webSocketEvent("CONNECT", "echo", wire), "GET", ""],
      [webSocketEvent("MESSAGE", "echo", wire), "POST", "grüße"],
      [webSocketEvent("DISCONNECT", "echo", wire), "DELETE", ""],
    ] as const) {
      const { status, body: answer } = fromSingleHeaders((await api.invoke(event)).body);
      expect(status).toBe(200);
      expect(JSON.parse(Buffer.from(answer).toString())).toMatchObject({
        method,
        body: Buffer.from(body).toString("latin1"),
      });
    }
  });
});

describe("a function", () => {
  test("may return a Response", async () => {
    start("app.respond");
    expect(clientSees(await api.invoke(eventOf("/hello"))).text).toBe("you asked for /hello");
  });

  test("that returns a Response for no request fails, and names the event", async () => {
    start("app.respond");
    const answer = await api.invoke({ rawPath: "/hello" });
    expect(answer.json()).toMatchObject({ errorType: "Runtime.NotAnHttpEvent" });
  });

  test("may return the result of a proxy integration as it is", async () => {
    start("app.proxyResult");
    const answer = await api.invoke(eventOf("/"));
    expect(answer.json()).toEqual({ statusCode: 418, headers: { "x-a": "b" }, body: "AAE=", isBase64Encoded: true });
  });
});

describe("a response that may be streamed", () => {
  const streaming = { MAYFLY_RESPONSE_MODE: "stream" };

  function readStream({ body }: Posted) {
    const progress = new PreludeReader().push(body);
    if (progress.kind !== "complete") throw new Error(progress.kind);
    return { ...progress.prelude, body: Buffer.from(progress.rest).toString() };
  }

  test("leaves piece by piece, the head first", async () => {
    start("app.default", streaming);
    const chunks: string[] = [];
    api.onChunk = (_id, chunk) => chunks.push(chunk.toString());
    const answer = await api.invoke(eventOf("/stream"));
    expect(answer.headers).toMatchObject({
      "lambda-runtime-function-response-mode": "streaming",
      "content-type": "application/vnd.awslambda.http-integration-response",
    });
    expect(readStream(answer)).toMatchObject({ statusCode: 201, headers: { "x-kind": "stream" }, body: "firstsecond" });
    expect(chunks.at(-1)).toBe("second");
    expect(chunks[0]).not.toContain("first");
  });

  test("also when it isn't a stream, fails or has no body", async () => {
    start("app.default", streaming);
    expect(readStream(await api.invoke(eventOf("/echo")))).toMatchObject({ statusCode: 200 });
    expect(readStream(await api.invoke(eventOf("/throw")))).toMatchObject({ statusCode: 500 });
    expect(readStream(await api.invoke(eventOf("/empty")))).toMatchObject({ statusCode: 204, body: "" });
    expect(readStream(await api.invoke(eventOf("/stream", "HEAD")))).toMatchObject({ statusCode: 201, body: "" });
    const cookies = ["a=1", "b=2; Secure"];
    expect(readStream(await api.invoke(eventOf("/cookies")))).toMatchObject({ cookies });
  });

  test("that breaks off tells so in its trailers", async () => {
    start("app.default", streaming);
    const answer = await api.invoke(eventOf("/broken-body"));
    expect(readStream(answer).body).toBe("half");
    expect(answer.trailers["lambda-runtime-function-error-type"]).toBe("Function.PaymentFailed");
    expect(await runtime.line("Invoke Error")).toContain("midway");
  });

  test("may hand in work for afterwards while it is written; the next invocation waits for that", async () => {
    start("app.default", streaming);
    await api.invoke(eventOf("/later-in-stream"));
    expect(readStream(await api.invoke(eventOf("/done-behind-stream"))).body).toBe("true");
  });

  test("ends its source and aborts the request's signal when nobody reads any more", async () => {
    start("app.default", streaming);
    api.onRequest = (request) => void request.once("data", () => request.socket.destroy());
    api.offer(eventOf("/endless"));
    await runtime.line("cancelled after");
    await runtime.line("signal aborted");
    api.onRequest = undefined;
    expect(readStream(await api.invoke(eventOf("/echo"))).statusCode).toBe(200);
  });

  test.each<HttpFront>(["api-gateway-v2", "alb"])("is not through %s, which can't", async (front) => {
    start("app.default", streaming);
    expect(clientSees(await api.invoke(eventOf("/stream", "GET", front)), front)).toMatchObject({
      status: 201,
      text: "firstsecond",
    });
  });

  test("is not unless the function says that its URL streams; then an endless one ends at the limit", async () => {
    start();
    expect(clientSees(await api.invoke(eventOf("/stream")))).toMatchObject({ status: 201, text: "firstsecond" });
    expect(clientSees(await api.invoke(eventOf("/endless"))).status).toBe(413);
    await runtime.line("cancelled after");
  });
});
