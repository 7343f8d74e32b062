import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startLambda, type TestLambda, type TestLambdaOptions } from "../../src/testing/index.ts";
import { send } from "../local/support/http.ts";
import { eventually } from "../support/eventually.ts";
import { sharedBuild } from "../support/shared.ts";
import { FRONTS, PLAIN_REQUEST, PLAIN_REQUEST_SEEN } from "./plain-request.ts";

/** All of the servers in one package. */
let servers = "";
beforeAll(async () => {
  const entries = ["failing", "koa", "listening", "plain"].map((name) => `${name}.ts`);
  servers = await sharedBuild({ cwd: join(import.meta.dirname, "servers"), entries, flags: ["--host"] });
});

async function start(handler: string, options: TestLambdaOptions = {}): Promise<TestLambda> {
  const lambda = await startLambda({ zip: servers, handler, timeout: 60, ...options });
  onTestFinished(() => lambda.stop());
  return lambda;
}

describe("a server that is exported", () => {
  let plain: TestLambda;
  beforeAll(async () => {
    plain = await startLambda({ zip: servers, handler: "plain.server", memory: 256, timeout: 60 });
  });
  afterAll(() => plain.stop());

  test("sees the request that came to the front", async () => {
    const answer = await send(`${plain.http}request?x=1&x=a%20b`, PLAIN_REQUEST);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ ...PLAIN_REQUEST_SEEN, url: "/request?x=1&x=a%20b" });
  });

  test("learns what else Lambda knows of the request, and no client can make it up", async () => {
    const answer = await send(`${plain.http}request`, { headers: { "x-amzn-request-context": `{"admin":true}` } });
    const { headers } = JSON.parse(answer.body.toString()) as { headers: Record<string, string> };
    expect(JSON.parse(headers["x-amzn-request-context"] ?? "")).toMatchObject({
      stage: "$default",
      http: { method: "GET" },
    });
    expect(headers["x-amzn-request-context"]).not.toContain("admin");
    // Asked for by nobody, so that the server doesn't compress for who can't read it.
    expect(headers).not.toHaveProperty("accept-encoding");
    for (const madeUp of ["accept", "user-agent"]) expect(headers).not.toHaveProperty(madeUp);
  });

  test.each(FRONTS)("answers behind %s", async (front) => {
    const lambda = await start("plain.server", { front });
    const redirect = await send(`${lambda.http}redirect`);
    expect(redirect).toMatchObject({ status: 302, headers: { location: "https://example.com/" } });
    expect((await send(`${lambda.http}none`)).status).toBe(204);
    expect((await send(`${lambda.http}nowhere`)).status).toBe(404);
    const head = await send(`${lambda.http}request`, { method: "HEAD" });
    expect([head.status, head.body.length]).toEqual([200, 0]);
    const { headers } = await send(`${lambda.http}cookies`);
    const cookies = ["a=1; Path=/", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"];
    expect(headers["set-cookie"]?.toSorted()).toEqual(cookies);
  });

  test("keeps what it compressed", async () => {
    const raw = await send(`${plain.http}gzip`);
    expect(raw.headers["content-encoding"]).toBe("gzip");
    expect(raw.body.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    expect(await (await fetch(`${plain.http}gzip`)).text()).toBe("compressed");
  });

  test("streams behind a streaming function URL", async () => {
    const lambda = await start("plain.server", {
      front: "function-url-stream",
      environment: { MAYFLY_RESPONSE_MODE: "stream" },
      maxConcurrency: 2,
      timeout: 20,
    });
    const response = await fetch(`${lambda.http}lines`);
    expect(response.headers.get("content-type")).toBe("text/plain");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(await reader?.read()).toEqual({ done: false, value: "first\n" });
    await fetch(`${lambda.http}release`);
    expect(await reader?.read()).toEqual({ done: false, value: "second\n" });
    expect((await reader?.read())?.done).toBe(true);
  });

  test("is one server for one request after the other", async () => {
    for (let round = 0; round < 5; round++) expect((await send(`${plain.http}slow`)).body.toString()).toBe("slow");
    expect(plain.logs.filter((event) => event.line.startsWith("INIT_START"))).toHaveLength(1);
  });

  test("that drops a connection is an error of its own, and serves on", async () => {
    expect((await send(`${plain.http}destroy`, { method: "POST" })).status).toBe(502);
    expect(plain.logs.some(({ line }) => line.includes("Runtime.NoAnswer: The server gave no answer"))).toBe(true);
    // It isn't sent a second time.
    expect((await send(`${plain.http}destroyed`)).body.toString()).toBe("1");
  });

  test("is reached by one connection, unless it may close idle ones", async () => {
    const connection = async (): Promise<string> =>
      (await send(`${plain.http}connection`, { method: "POST" })).body.toString();
    const first = await connection();
    expect(first).toContain("closed after 0 ms");
    expect(await connection()).toBe(first);
    await send(`${plain.http}timeout?ms=60000`);
    expect(await connection()).not.toBe(await connection());
    await send(`${plain.http}timeout?ms=0`);
  });

  test("is let go of shortly before the deadline", async () => {
    const lambda = await start("plain.server", { timeout: 1.5 });
    expect((await send(`${lambda.http}hang`)).status).toBe(504);
    expect((await send(`${lambda.http}none`)).status).toBe(204);
    expect(lambda.logs.some(({ line }) => line.includes("given up"))).toBe(true);
  });

  test("knows the invocation it serves", async () => {
    const answer = await send(`${plain.http}context`);
    expect(answer.body.toString()).toBe(answer.headers["x-amzn-requestid"]);
  });

  test("gets headers as large as a load balancer lets through", async () => {
    const large = "x".repeat(60_000);
    const answer = await send(`${plain.http}request`, { headers: { "x-large": large } });
    expect(JSON.parse(answer.body.toString())).toMatchObject({ headers: { "x-large": large } });
  });

  test("takes an upload of several megabytes, and may answer without reading it", async () => {
    const body = new Uint8Array(4_000_000).map((_, index) => index % 251);
    const answer = await send(`${plain.http}request`, { method: "POST", body });
    const got = Buffer.from((JSON.parse(answer.body.toString()) as { body: string }).body, "base64");
    expect(got.equals(body)).toBe(true);
    const refused = await send(`${plain.http}refuse`, { method: "POST", body });
    expect([refused.status, refused.body.toString()]).toEqual([413, "too much for me"]);
    expect((await send(`${plain.http}none`)).status).toBe(204);
  });

  test("may answer with as much as Lambda takes, and is stopped once it is more", async () => {
    expect((await send(`${plain.http}large`)).body.length).toBe(1_000_000);
    const flood = await send(`${plain.http}flood`);
    const why = expect.stringContaining("Payload too large: the response has more than");
    expect([flood.status, flood.body.toString()]).toEqual([413, why]);
    expect((await send(`${plain.http}none`)).status).toBe(204);
    await eventually(() => expect(plain.logs.some(({ line }) => line.includes("flood stopped"))).toBe(true));
  });

  test("that breaks its answer off is an error of its own, and serves on", async () => {
    expect((await send(`${plain.http}halfway`)).status).toBe(500);
    expect((await send(`${plain.http}none`)).status).toBe(204);
    expect(plain.logs.some(({ line }) => line.includes("closed before the answer was complete"))).toBe(true);
  });

  test("may use any status, repeat headers, and have UTF-8 in them", async () => {
    const { status, headers, body } = await send(`${plain.http}words`);
    expect([status, headers["vary"], body.toString()]).toEqual([299, "accept, origin", "words"]);
    expect(Buffer.from(String(headers["x-word"]), "latin1").toString()).toBe("gr\u00fc\u00df");
  });

  test("may be Koa's", async () => {
    const lambda = await start("koa.default");
    const answer = await send(`${lambda.http}a/b`, { headers: { host: "shop.localhost" } });
    expect(JSON.parse(answer.body.toString())).toEqual({ path: "/a/b", host: "shop.localhost" });
  });

  test("may listen already", async () => {
    const lambda = await start("listening.server");
    expect((await send(lambda.http)).body.toString()).toBe("listened by itself");
  });

  test("answers an event that is no HTTP request with an error that says so", async () => {
    await expect(plain.invoke({ Records: [] })).rejects.toMatchObject({ errorType: "Runtime.NotAnHttpEvent" });
  });
});

describe("a server that can't start is an initialization error:", () => {
  test.each([
    ["throwing", "RangeError", "the server could not be started: no port is good enough"],
    ["serverless", "TypeError", "that started no HTTP server"],
    ["rejected", "TypeError", "the promise of failing.rejected was rejected: no database"],
  ])("%s", async (name, errorType, message) => {
    const lambda = await start(`failing.${name}`);
    await expect(lambda.invoke({})).rejects.toMatchObject({
      errorType,
      errorMessage: expect.stringMatching(new RegExp(`^Initialization error: .*${message}`)),
    });
  });
});
