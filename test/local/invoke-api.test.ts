import { describe, expect, test } from "vitest";
import { startHarness, nodePackage } from "./support/fake-runtime.ts";
import { send } from "./support/http.ts";

const ECHO = `loop((event) => event)`;
const invocations = (url: string, name = "hello"): string => `${url}/2015-03-31/functions/${name}/invocations`;

describe("Invoke", () => {
  test("answers with the function's bytes and Lambda's headers", async () => {
    const { lambda } = await startHarness(ECHO);
    const answer = await send(invocations(lambda.url), { method: "POST", body: `{"a":  1}` });
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toBe(`{"a":1}`);
    expect(answer.headers).toMatchObject({
      "x-amz-executed-version": "$LATEST",
      "x-amzn-requestid": expect.stringMatching(/^[0-9a-f-]{36}$/),
      "x-amzn-trace-id": expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
      "content-type": "application/json",
    });
    expect(answer.headers).not.toHaveProperty("x-amz-function-error");
    expect(answer.headers).not.toHaveProperty("x-amz-log-result");
  });

  test("without a body sends the function an empty object", async () => {
    const { lambda } = await startHarness(ECHO);
    const answer = await send(invocations(lambda.url), { method: "POST" });
    expect(answer.body.toString()).toBe("{}");
  });

  test("keeps status 200 for a function error and marks it", async () => {
    const { lambda } = await startHarness(`loop(async (event, { id }) => { await fail(id, "Oops", "bad"); })`);
    const answer = await send(invocations(lambda.url), { method: "POST", body: "{}" });
    expect(answer.status).toBe(200);
    expect(answer.headers["x-amz-function-error"]).toBe("Unhandled");
    expect(JSON.parse(answer.body.toString())).toEqual({ errorType: "Oops", errorMessage: "bad", stackTrace: [] });
  });

  test("passes the trace header, client context and tenant on", async () => {
    const script = `loop((event, { headers }) => ({
      trace: headers["lambda-runtime-trace-id"], context: headers["lambda-runtime-client-context"],
      tenant: headers["lambda-runtime-aws-tenant-id"], arn: headers["lambda-runtime-invoked-function-arn"],
      left: headers["lambda-runtime-deadline-ms"] - Date.now() }))`;
    const { lambda } = await startHarness(script, {});
    const context = { client: { installation_id: "i" }, custom: { name: "Grüße" } };
    const answer = await send(`${invocations(lambda.url)}?Qualifier=prod`, {
      method: "POST",
      headers: {
        "x-amzn-trace-id": "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
        "x-amz-client-context": Buffer.from(JSON.stringify(context)).toString("base64"),
        "x-amz-tenant-id": "tenant-1",
      },
    });
    const seen = JSON.parse(answer.body.toString()) as { context: string; left: number };
    expect(seen).toMatchObject({
      trace: "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
      tenant: "tenant-1",
      arn: "arn:aws:lambda:us-east-1:123456789012:function:hello:prod",
    });
    expect(JSON.parse(seen.context)).toEqual(context);
    expect(seen.left).toBeGreaterThan(0);
    expect(seen.left).toBeLessThanOrEqual(3000);
  });

  test.each([
    "hello",
    "hello:prod",
    "hello%3A%24LATEST",
    "123456789012:function:hello",
    "function:hello",
    "us-east-1:123456789012:function:hello",
    "arn:aws:lambda:us-east-1:123456789012:function:hello",
    "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Ahello%3Aprod",
    "function",
    "_",
  ])("finds the function as %s", async (name) => {
    const { lambda } = await startHarness(ECHO);
    expect((await send(invocations(lambda.url, name), { method: "POST" })).status).toBe(200);
  });

  test("'function' means the only function, and is unknown where there are two", async () => {
    const other = nodePackage(ECHO);
    const { lambda } = await startHarness(
      ECHO,
      {},
      { functions: { one: { package: other }, two: { package: other } } },
    );
    expect((await send(invocations(lambda.url, "two"), { method: "POST" })).status).toBe(200);
    const answer = await send(invocations(lambda.url, "function"), { method: "POST" });
    expect(answer.status).toBe(404);
  });

  test("LogType Tail returns the invocation's log, REPORT included", async () => {
    const { lambda } = await startHarness(`loop(() => { console.log("said"); return 1; })`);
    const answer = await send(invocations(lambda.url), { method: "POST", headers: { "x-amz-log-type": "Tail" } });
    const log = Buffer.from(String(answer.headers["x-amz-log-result"]), "base64").toString();
    expect(log).toMatch(/^START RequestId: .*\nsaid\nEND RequestId: .*\nREPORT RequestId: .*\tInit Duration: .*\n$/);
  });

  test("LogType Tail returns no more than the last 4 KiB", async () => {
    // In one write: many small ones overflow a pipe that is read late, and Node.js then answers before they are out.
    const lines = `Array.from({ length: 500 }, (_, i) => "line " + i + " ü").join("\\n")`;
    const { lambda } = await startHarness(`loop(() => { console.log(${lines}); return 1; })`);
    const answer = await send(invocations(lambda.url), { method: "POST", headers: { "x-amz-log-type": "Tail" } });
    const log = Buffer.from(String(answer.headers["x-amz-log-result"]), "base64");
    expect(log.length).toBe(4096);
    expect(log.toString()).toContain("line 499 ü\nEND ");
  });

  test("DryRun answers 204 and runs nothing", async () => {
    const { lambda, lines } = await startHarness(ECHO);
    const headers = { "x-amz-invocation-type": "DryRun" };
    const answer = await send(invocations(lambda.url), { method: "POST", headers });
    expect(answer.status).toBe(204);
    expect(answer.body).toHaveLength(0);
    expect(lines()).toEqual([]);
  });
});

describe("Event", () => {
  const headers = { "x-amz-invocation-type": "Event" };

  test("answers 202 at once and runs the function", async () => {
    const { lambda, line } = await startHarness(`loop((event) => { console.log("ran " + event.n); return 1; })`);
    const answer = await send(invocations(lambda.url), { method: "POST", headers, body: `{"n":1}` });
    expect(answer.status).toBe(202);
    expect(answer.body).toHaveLength(0);
    await line(/^ran 1$/);
  });

  test("is tried three times in all, with the same request id", async () => {
    const { lambda, lines } = await startHarness(
      `loop(async (event, { id }) => { console.log("try " + id); await fail(id, "No", "no"); })`,
      {},
      { retryDelaysMs: [1, 1] },
    );
    const answer = await send(invocations(lambda.url), { method: "POST", headers });
    await lambda.eventsDrained();
    const tries = lines().filter((line) => line.startsWith("try "));
    expect(tries).toEqual(Array(3).fill(`try ${String(answer.headers["x-amzn-requestid"])}`));
  });

  test("is not tried again after a success", async () => {
    const { lambda, lines } = await startHarness(
      `let n = 0; loop(async (event, { id }) => { console.log("try"); if (n++ === 0) { await fail(id, "No", "no"); return; } return 1; })`,
      {},
      { retryDelaysMs: [1, 1] },
    );
    await send(invocations(lambda.url), { method: "POST", headers });
    await lambda.eventsDrained();
    expect(lines().filter((line) => line === "try")).toHaveLength(2);
  });

  test("waits for its turn instead of being throttled", async () => {
    const { lambda, lines } = await startHarness(`loop((event) => { console.log("ran " + event.n); return 1; })`, {
      environments: 1,
    });
    const sent = [1, 2, 3, 4].map((n) =>
      send(invocations(lambda.url), { method: "POST", headers, body: `{"n":${n}}` }),
    );
    expect((await Promise.all(sent)).map((answer) => answer.status)).toEqual([202, 202, 202, 202]);
    await lambda.eventsDrained();
    expect(
      lines()
        .filter((line) => line.startsWith("ran"))
        .toSorted(),
    ).toEqual(["ran 1", "ran 2", "ran 3", "ran 4"]);
  });
});

describe("a request that Lambda refuses", () => {
  const refused = async (
    options: Parameters<typeof send>[1],
    name = "hello",
  ): Promise<{ status: number; type: unknown; body: unknown }> => {
    const { lambda } = await startHarness(ECHO);
    const answer = await send(invocations(lambda.url, name), { method: "POST", ...options });
    return {
      status: answer.status,
      type: answer.headers["x-amzn-errortype"],
      body: JSON.parse(answer.body.toString()),
    };
  };

  test("for an unknown function", async () => {
    expect(await refused({}, "nobody")).toEqual({
      status: 404,
      type: "ResourceNotFoundException",
      body: {
        Type: "User",
        Message: "Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody:$LATEST",
      },
    });
  });

  test("for a body that is not JSON", async () => {
    expect(await refused({ body: "{oops" })).toEqual({
      status: 400,
      type: "InvalidRequestContentException",
      body: { Type: "User", message: expect.stringMatching(/^Could not parse request body into json: /) },
    });
    expect((await refused({ body: Buffer.from([0x22, 0xff, 0x22]) })).status).toBe(400);
  });

  test("for an event that is too large, synchronous and asynchronous", async () => {
    const body = JSON.stringify("x".repeat(6_291_455));
    expect(await refused({ body })).toEqual({
      status: 413,
      type: "RequestTooLargeException",
      body: {
        Type: "User",
        message: "6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)",
      },
    });
    const headers = { "x-amz-invocation-type": "Event", "transfer-encoding": "chunked" };
    expect(await refused({ body: JSON.stringify("x".repeat(1_048_576)), headers })).toMatchObject({
      status: 413,
      body: { message: expect.stringContaining("too large for the Event invocation type (limit 1048576 bytes)") },
    });
  });

  test("takes the largest event there may be", async () => {
    const { lambda } = await startHarness(`loop((event) => event.length)`, { memory: 512, timeout: 60 });
    const body = JSON.stringify("x".repeat(6_291_454));
    expect((await send(invocations(lambda.url), { method: "POST", body })).body.toString()).toBe("6291454");
  });

  test.each([
    ["x-amz-client-context", "%%%", "InvalidRequestContentException"],
    ["x-amz-client-context", Buffer.from("[1]").toString("base64"), "InvalidRequestContentException"],
    ["x-amz-client-context", Buffer.from(`"${"x".repeat(3000)}"`).toString("base64"), "InvalidRequestContentException"],
    ["x-amz-invocation-type", "Sometimes", "ValidationException"],
    ["x-amz-log-type", "Head", "ValidationException"],
    ["x-amz-tenant-id", "a|b", "ValidationException"],
  ] as const)("for the header %s: %s", async (name, value, type) => {
    expect(await refused({ headers: { [name]: value } })).toMatchObject({ status: 400, type });
  });

  test("for a name that is none, and for two qualifiers", async () => {
    expect(await refused({}, "no%20name")).toMatchObject({ status: 400, type: "InvalidParameterValueException" });
    expect(await refused({}, "hello:a/invocations?Qualifier=b#")).toMatchObject({ status: 400 });
  });

  test("for a path that is none", async () => {
    const { lambda } = await startHarness(ECHO);
    const answer = await send(`${lambda.url}/nowhere`);
    expect(answer.status).toBe(404);
    expect(answer.headers["x-amzn-errortype"]).toBe("UnknownOperationException");
  });

  test.each([
    { host: "evil.example" },
    { host: "127.0.0.1.evil.example" },
    { origin: "https://evil.example" },
    { origin: "null" },
  ])("from elsewhere: %j", async (headers) => {
    expect(await refused({ headers })).toMatchObject({ status: 403, type: "AccessDeniedException" });
  });

  test("but not from pages of this machine, or by its other names", async () => {
    const { lambda } = await startHarness(ECHO);
    const port = new URL(lambda.url).port;
    for (const headers of [
      { origin: "http://localhost:3000" },
      { host: `localhost:${port}` },
      { host: `[::1]:${port}` },
    ]) {
      expect((await send(invocations(lambda.url), { method: "POST", headers })).status).toBe(200);
    }
  });
});
