import { Agent, request } from "node:http";
import { describe, expect, test } from "vitest";
import { FRONT_KINDS, type FrontKind } from "../../src/http/front/front-kind.ts";
import { startHarness } from "./support/fake-runtime.ts";
import { send } from "./support/http.ts";

/** Says back, as a response, the event it got. */
const ECHO = `loop(async (event) => ({ statusCode: 201, headers: { "content-type": "application/json" }, body: JSON.stringify(event) }));`;
const BUFFERED = FRONT_KINDS.filter((kind) => kind !== "function-url-stream");

describe("a front", () => {
  test.each([
    ["function-url", { version: "2.0", routeKey: "$default", rawPath: "/a%20b/c", rawQueryString: "x=1&x=2" }],
    ["api-gateway-v2", { version: "2.0", routeKey: "$default", rawPath: "/a b/c", rawQueryString: "x=1&x=2" }],
    ["api-gateway-v1", { httpMethod: "POST", multiValueQueryStringParameters: { x: ["1", "2"] } }],
    ["alb", { httpMethod: "POST", path: "/a%20b/c", requestContext: { elb: {} } }],
    ["alb-multi-value", { httpMethod: "POST", multiValueHeaders: { host: [expect.any(String)] } }],
  ] as const)("%s hands the function the request as its own event", async (front, expected) => {
    const { lambda } = await startHarness(ECHO);
    const url = await lambda.serve("hello", { front });
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${url}a%20b/c?x=1&x=2`, { method: "POST", headers, body: `{"a":1}` });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ body: `{"a":1}`, isBase64Encoded: false, ...expected });
  });

  test.each(["function-url", "api-gateway-v2", "alb", "alb-multi-value"] as const)(
    "%s carries bytes both ways",
    async (front) => {
      const { lambda } = await startHarness(
        `loop(async ({ body, isBase64Encoded }) => {
           const headers = { "content-type": "image/png" };
           return { statusCode: 200, headers, multiValueHeaders: { "content-type": ["image/png"] }, body, isBase64Encoded };
         });`,
      );
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      const headers = { "content-type": "application/octet-stream" };
      const answer = await send(await lambda.serve("hello", { front }), { method: "PUT", headers, body: bytes });
      expect(answer.body).toEqual(Buffer.from(bytes));
      expect(answer.headers).toMatchObject({ "content-type": "image/png", "content-length": "256" });
    },
  );

  test.each([
    ["function-url", `cookies: ["a=1", "b=2"]`],
    ["api-gateway-v2", `cookies: ["a=1", "b=2"]`],
    ["api-gateway-v1", `multiValueHeaders: { "set-cookie": ["a=1", "b=2"] }`],
    ["alb-multi-value", `multiValueHeaders: { "set-cookie": ["a=1", "b=2"] }`],
  ] as const)("%s sets several cookies", async (front, cookies) => {
    const { lambda } = await startHarness(`loop(async () => ({ statusCode: 200, ${cookies}, body: "" }));`);
    const response = await fetch(await lambda.serve("hello", { front }));
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });

  test("a REST API carries bytes of the types it is told", async () => {
    const { lambda } = await startHarness(
      `loop(async () => ({ statusCode: 200, headers: { "content-type": "image/png" }, body: "/w==", isBase64Encoded: true }));`,
    );
    const front = "api-gateway-v1";
    const headers = { accept: "image/png" };
    const told = await lambda.serve("hello", { front, binaryMediaTypes: ["image/png"] });
    expect((await send(told, { headers })).body).toEqual(Buffer.from([0xff]));
    const untold = await lambda.serve("hello", { front });
    expect((await send(untold, { headers })).body.toString()).toBe("/w==");
  });

  test.each([
    ["function-url", 502, "Internal Server Error"],
    ["function-url-stream", 502, "Internal Server Error"],
    ["api-gateway-v1", 502, `{"message": "Internal server error"}`],
    ["api-gateway-v2", 500, `{"message":"Internal Server Error"}`],
    ["alb", 502, "502 Bad Gateway"],
    ["alb-multi-value", 502, "502 Bad Gateway"],
  ] as const)("%s keeps a function's error from its client", async (front, status, body) => {
    const { lambda } = await startHarness(
      `loop(async (event, { id }) => { await fail(id, "SecretError", "secret"); });`,
    );
    const answer = await send(await lambda.serve("hello", { front }));
    expect(answer.status).toBe(status);
    expect(answer.body.toString()).toContain(body);
    expect(answer.body.toString()).not.toContain('ecret"');
  });

  test.each([
    ["function-url", `{ statusCode: "soon" }`, 502, /can read: \{"statusCode":"soon"\}$/],
    ["api-gateway-v1", `{ message: "x".repeat(500) }`, 502, /can read: \{"message":"x{188}…$/],
    ["api-gateway-v1", `"text"`, 502, /can read: "text"$/],
    ["api-gateway-v2", `{ statusCode: 1e6 }`, 500, /can read: \{"statusCode":1000000\}$/],
    ["alb", `[]`, 502, /can read: \[\]$/],
  ] as const)("%s says in the log why it takes %s for malformed", async (front, result, status, reason) => {
    const { lambda, line } = await startHarness(`loop(async () => (${result}));`);
    expect((await send(await lambda.serve("hello", { front }))).status).toBe(status);
    expect(await line(/^[a-z0-9-]+: The function's result is no HTTP response/)).toMatch(reason);
  });

  test("a stream before a front that can't stream is malformed, and the log says so", async () => {
    const { lambda, line } = await startHarness(
      `loop(async (event, { id }) => {
         const s = stream(id, "application/vnd.awslambda.http-integration-response");
         s.end(Buffer.concat([Buffer.from('{"statusCode":200}'), Buffer.alloc(8)])); await s.answered;
       });`,
    );
    expect((await send(await lambda.serve("hello"))).status).toBe(502);
    expect(await line(/^function-url: .*it was streamed/)).toContain("function-url-stream");
  });

  test("answers a timeout and the death of the process like any failure", async () => {
    const { lambda } = await startHarness(
      `loop(async ({ rawPath }) => { if (rawPath === "/die") process.exit(1); await new Promise((go) => setTimeout(go, 60_000)); });`,
      { timeout: 0.3 },
    );
    const url = await lambda.serve("hello");
    expect((await send(`${url}die`)).status).toBe(502);
    expect((await send(`${url}hang`)).status).toBe(502);
  });

  test("answers HEAD and 204 without a body", async () => {
    const { lambda } = await startHarness(
      `loop(async (event) => ({ statusCode: event.rawPath === "/none" ? 204 : 200, headers: { "content-type": "text/plain" }, body: "body" }));`,
    );
    const url = await lambda.serve("hello");
    const none = await fetch(`${url}none`);
    expect([none.status, await none.text()]).toEqual([204, ""]);
    const head = await fetch(url, { method: "HEAD" });
    expect([head.status, head.headers.get("content-type"), await head.text()]).toEqual([200, "text/plain", ""]);
  });

  test("says itself what concerns the connection", async () => {
    const headers = `{ connection: "close", "transfer-encoding": "chunked", "content-length": "3", "x-kept": "yes" }`;
    const { lambda } = await startHarness(
      `loop(async () => ({ statusCode: 200, headers: ${headers}, body: "hello" }));`,
    );
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const url = await lambda.serve("hello");
    const ports: (number | undefined)[] = [];
    for (let round = 0; round < 2; round++) {
      const answer = await new Promise<{ headers: unknown; body: string }>((resolve, reject) => {
        request(url, { agent }, (response) => {
          ports.push(response.socket.localPort);
          let body = "";
          response.on("data", (chunk: Buffer) => (body += chunk.toString()));
          response.on("end", () => resolve({ headers: response.headers, body }));
        })
          .on("error", reject)
          .end();
      });
      expect(answer).toMatchObject({ body: "hello", headers: { "content-length": "5", "x-kept": "yes" } });
      expect(answer.headers).not.toHaveProperty("transfer-encoding");
    }
    agent.destroy();
    expect(ports[0]).toBe(ports[1]);
  });

  test.each([
    [`{ "x-a": "1\\r\\nx-injected: 2" }`, 200],
    [`{ "bad name": "1" }`, 200],
    [`{}`, 99],
    [`{}`, 700],
  ])("sends nothing of a response that HTTP can't carry: headers %s, status %i", async (headers, status) => {
    const { lambda } = await startHarness(
      `loop(async ({ rawPath }) => rawPath === "/fine" ? "fine" : { statusCode: ${status}, headers: ${headers}, body: "b" });`,
    );
    const url = await lambda.serve("hello");
    const answer = await send(url);
    expect(answer.status).toBe(502);
    expect(answer.headers).not.toHaveProperty("x-injected");
    expect(answer.headers["x-amzn-requestid"]).toMatch(/^[\da-f-]{36}$/);
    expect((await send(`${url}fine`)).body.toString()).toBe("fine");
  });

  test.each([
    ["function-url", 6_300_000],
    ["function-url", 5_000_000],
    ["alb", 1_100_000],
  ] as const)("%s refuses a request of %i bytes, and says why in the log", async (front, bytes) => {
    const { lambda, line } = await startHarness(ECHO);
    const url = await lambda.serve("hello", { front });
    const headers = { "content-type": "application/octet-stream" };
    expect((await send(url, { method: "POST", headers, body: Buffer.alloc(bytes) })).status).toBe(413);
    expect(await line(/^(function-url|alb): The request has \d+ bytes/)).toContain("it may have");
  });

  test("a load balancer refuses a response over its megabyte", async () => {
    const { lambda } = await startHarness(
      `loop(async () => ({ statusCode: 200, headers: { "content-type": "text/plain" }, body: "a".repeat(1_048_576) }));`,
    );
    expect((await send(await lambda.serve("hello", { front: "alb" }))).status).toBe(502);
    expect((await send(await lambda.serve("hello"))).body).toHaveLength(1_048_576);
  });

  test.each([
    ["function-url", 429],
    ["function-url-stream", 429],
    ["api-gateway-v1", 500],
    ["api-gateway-v2", 503],
    ["alb", 502],
  ] as const)("%s answers %i when every environment is busy", async (front, status) => {
    const { lambda, line } = await startHarness(
      `loop(async () => { console.log("busy"); await new Promise((go) => setTimeout(go, 60_000)); });`,
      {
        environments: 1,
        timeout: 60,
      },
    );
    const url = await lambda.serve("hello", { front });
    const first = send(url).catch(() => undefined);
    await line(/^busy$/);
    expect((await send(url)).status).toBe(status);
    await lambda.stop();
    await first;
  });

  test("gives each request to an environment of its own", async () => {
    const { lambda, lines, until } = await startHarness(
      `loop(async (event) => { console.log("in " + process.pid); await call("GET", "/none"); return String(process.pid); });`,
      { timeout: 20 },
    );
    const url = await lambda.serve("hello");
    const pids = await Promise.all(["a", "b", "c"].map(async (path) => (await send(url + path)).body.toString()));
    await until(() => (lines().filter((line) => line.startsWith("in ")).length === 3 ? true : undefined));
    expect(pids.every((pid) => /^\d+$/.test(pid))).toBe(true);
  });

  test("several serve one function at once, and end with it", async () => {
    const { lambda } = await startHarness(ECHO);
    const urls = await Promise.all(BUFFERED.map((front) => lambda.serve("hello", { front })));
    expect(await Promise.all(urls.map(async (url) => (await fetch(url)).status))).toEqual(urls.map(() => 201));
    await lambda.stop();
    await expect(fetch(urls[0] ?? "")).rejects.toThrow();
  });

  test("tells which port is taken, and which function there isn't", async () => {
    const { lambda } = await startHarness(ECHO);
    const port = Number(new URL(await lambda.serve("hello")).port);
    await expect(lambda.serve("hello", { port })).rejects.toMatchObject({ code: "MAYFLY_PORT_IN_USE" });
    await expect(lambda.serve("other")).rejects.toMatchObject({ code: "MAYFLY_UNKNOWN_FUNCTION" });
  });
});

describe("who may call", () => {
  test.each(
    FRONT_KINDS.flatMap((front) =>
      [["host", "evil.example"] as const, ["origin", "https://evil.example"] as const].map(
        (header) => [front, ...header] as const,
      ),
    ),
  )(
    "%s refuses the %s of a page from elsewhere, without asking the function",
    async (front: FrontKind, name: string, value: string) => {
      const { lambda, lines } = await startHarness(`loop(async () => { console.log("called"); return "x"; });`);
      const answer = await send(await lambda.serve("hello", { front }), { headers: { [name]: value } });
      expect(answer.status).toBe(403);
      expect(lines()).not.toContain("called");
    },
  );

  test("a name under .localhost is this machine, and the function sees it", async () => {
    const { lambda } = await startHarness(ECHO);
    const headers = { host: "shop.localhost", origin: "http://app.localhost:5173" };
    const answer = await send(await lambda.serve("hello"), { headers });
    expect(JSON.parse(answer.body.toString())).toMatchObject({ headers });
  });
});
