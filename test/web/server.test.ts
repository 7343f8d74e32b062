import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { LocalLambda } from "../../src/local/local-lambda.ts";
import { startLambda, type TestLambda, type TestLambdaOptions } from "../../src/testing/index.ts";
import { send } from "../local/support/http.ts";
import { eventually, until } from "../support/eventually.ts";
import { buildPackage, type BuiltPackage } from "./build-servers.ts";
import { FRONTS, PLAIN_REQUEST, PLAIN_REQUEST_SEEN } from "./plain-request.ts";

const EVENTS = join(import.meta.dirname, "../http/events");
const withoutPython = process.env["CI"] === undefined && spawnSync("python3", ["--version"]).error !== undefined;

const withoutIpv6 =
  process.env["CI"] === undefined &&
  !Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === "::1"));

/** A port that something listens on. */
const blocker = createServer();
let built: BuiltPackage;
let shared: TestLambda;

beforeAll(async () => {
  await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
  built = await buildPackage(join(import.meta.dirname, "project"), { TEST_PORT: String(portOf(blocker.address())) });
  shared = await startLambda({ zip: built.folder, handler: "server", memory: 256, timeout: 30 });
});
afterAll(async () => {
  await shared.stop();
  built[Symbol.dispose]();
  blocker.close();
});

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("not a TCP port");
  return address.port;
}

async function start(handler: string, options: TestLambdaOptions = {}): Promise<TestLambda> {
  const lambda = await startLambda({ zip: built.folder, handler, memory: 256, timeout: 30, ...options });
  onTestFinished(() => lambda.stop());
  return lambda;
}

function lines(lambda: TestLambda): readonly string[] {
  return lambda.logs.map(({ line }) => line);
}

function logged(lambda: TestLambda, text: string): Promise<string> {
  return eventually(() => {
    const line = lines(lambda).find((one) => one.includes(text));
    if (line === undefined) throw new Error(`no line with "${text}" in:\n${lines(lambda).join("\n")}`);
    return line;
  });
}

describe("a server that listens by itself", () => {
  test("is served out of lambda.zip, with what the config includes", async () => {
    const port = String(portOf(blocker.address()));
    using zipped = await buildPackage(join(import.meta.dirname, "project"), { TEST_PORT: port }, ["--zip"]);
    const lambda = await start("server", { zip: join(zipped.folder, "lambda.zip") });
    expect((await send(`${lambda.http}file`)).body.toString()).toBe("from a file\n");
  });

  test("has its memory in the REPORT, also when it ends while starting", async () => {
    const used = async (lambda: TestLambda): Promise<number> => {
      const [, megabytes] = /Max Memory Used: (\d+) MB/.exec(await logged(lambda, "REPORT RequestId")) ?? [];
      return Number(megabytes);
    };
    const serving = await start("server", { memory: 1024 });
    await send(`${serving.http}memory`);
    expect(await used(serving)).toBeGreaterThan(300);
    const failing = await start("dying");
    await send(failing.http);
    expect(await used(failing)).toBeGreaterThan(20);
  });

  test("sees the request that came to the front", async () => {
    const answer = await send(`${shared.http}some/path?x=1&x=a%20b`, PLAIN_REQUEST);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      ...PLAIN_REQUEST_SEEN,
      url: "/some/path?x=1&x=a%20b",
      headers: { ...PLAIN_REQUEST_SEEN.headers, "x-forwarded-proto": "http" },
    });
  });

  test("learns of the invocation in headers that no client can make up", async () => {
    const forged = { "x-amzn-request-context": `{"admin":true}`, "x-amzn-lambda-context": `{"admin":true}` };
    const answer = await send(`${shared.http}path`, { headers: forged });
    const { headers } = JSON.parse(answer.body.toString()) as { headers: Record<string, string> };
    expect(JSON.parse(headers["x-amzn-request-context"] ?? "")).toMatchObject({ http: { method: "GET" } });
    expect(JSON.parse(headers["x-amzn-lambda-context"] ?? "")).toMatchObject({
      request_id: answer.headers["x-amzn-requestid"],
      deadline: expect.any(Number),
      invoked_function_arn: expect.stringContaining(":function:server"),
      env_config: { function_name: "server", memory: 256, version: "$LATEST" },
    });
    expect(JSON.stringify(headers)).not.toContain("admin");
  });

  test("gets no headers that are about another connection", async () => {
    const event = JSON.parse(readFileSync(join(EVENTS, "function-url.json"), "utf8")) as Record<string, object>;
    const hop = { connection: "close, x-a", te: "gzip", upgrade: "h2c", "transfer-encoding": "chunked" };
    const result = await shared.invoke<{ body: string }>({
      ...event,
      headers: { ...event["headers"], ...hop, "content-length": "900" },
    });
    const { headers } = JSON.parse(result.body) as { headers: Record<string, string> };
    expect(headers).not.toHaveProperty("te");
    expect(headers).not.toHaveProperty("upgrade");
    expect(headers["connection"] ?? "keep-alive").toBe("keep-alive");
    expect(headers["content-length"]).not.toBe("900");
  });

  test.skipIf(withoutIpv6)("may listen on the loopback address of IPv6 alone", async () => {
    const lambda = await start("ipv6");
    const answer = await send(`${lambda.http}some/path`);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ method: "GET", url: "/some/path" });
    expect(await lambda.invoke({ Records: [] })).toMatchObject({ event: { Records: [] } });
  });

  test.each(FRONTS)("answers behind %s", async (front) => {
    const lambda = await start("server", {
      front,
      ...(front === "api-gateway-v1" && { binaryMediaTypes: ["application/octet-stream"] }),
    });
    expect(await send(`${lambda.http}redirect`)).toMatchObject({
      status: 302,
      headers: { location: "https://example.com/" },
    });
    expect((await send(`${lambda.http}none`)).status).toBe(204);
    const head = await send(`${lambda.http}path`, { method: "HEAD" });
    expect([head.status, head.body.length]).toEqual([200, 0]);
    const { headers } = await send(`${lambda.http}cookies`);
    const cookies = ["a=1; Path=/", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"];
    expect(headers["set-cookie"]?.toSorted()).toEqual(cookies);
    const bytes = await send(`${lambda.http}bytes`, { headers: { accept: "application/octet-stream" } });
    expect(bytes.body).toEqual(Buffer.from(Array.from({ length: 256 }, (_, index) => index)));
  });

  test.each(readdirSync(EVENTS).filter((name) => name.endsWith(".json")))(
    "answers %s as AWS sends it",
    async (name) => {
      const result = await shared.invoke<{ statusCode: number; body: string }>(
        JSON.parse(readFileSync(join(EVENTS, name), "utf8")),
      );
      expect(result.statusCode).toBe(200);
      expect(JSON.parse(result.body)).toMatchObject({ url: expect.stringMatching(/^\//) });
    },
  );

  test("keeps what it compressed", async () => {
    const raw = await send(`${shared.http}gzip`);
    expect(raw.headers["content-encoding"]).toBe("gzip");
    expect(await (await fetch(`${shared.http}gzip`)).text()).toBe("compressed");
  });

  test("gets headers as large as a load balancer lets through", async () => {
    const large = "x".repeat(60_000);
    const answer = await send(`${shared.http}some/path`, { headers: { "x-large": large } });
    expect(JSON.parse(answer.body.toString())).toMatchObject({ headers: { "x-large": large } });
  });

  test("takes an upload of several megabytes", async () => {
    const body = new Uint8Array(4_000_000).map((_, index) => index % 251);
    const answer = await send(`${shared.http}upload`, { method: "POST", body });
    const got = Buffer.from((JSON.parse(answer.body.toString()) as { body: string }).body, "base64");
    expect(got.equals(body)).toBe(true);
  });

  test("is stopped once its response is larger than Lambda takes", async () => {
    const lambda = await start("server");
    const answer = await send(`${lambda.http}flood`);
    expect(answer.status).toBe(413);
    expect(answer.body.toString()).toContain("Payload too large: the response has more than");
    // Frozen until the next request, the server learns of it then, or in the one after that.
    await eventually(async () => {
      expect((await send(`${lambda.http}none`)).status).toBe(204);
      expect(lines(lambda)).toContainEqual(expect.stringContaining("flood stopped"));
    });
  });

  test("finds the included files, and the variables a server goes by", async () => {
    expect((await send(`${shared.http}file`)).body.toString()).toBe("from a file\n");
    const answer = await send(`${shared.http}environment`);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      PORT: expect.stringMatching(/^\d+$/),
      HOST: "127.0.0.1",
      NODE_ENV: "production",
      AWS_LAMBDA_FUNCTION_NAME: "server",
    });
  });

  test("may have a script loaded ahead of it", async () => {
    const lambda = await start("ahead");
    const answer = await send(`${lambda.http}environment`);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ LOADED_AHEAD: "yes" });
  });

  test("is one process for all requests", async () => {
    const pids = new Set<string>();
    for (let round = 0; round < 5; round++) pids.add((await send(`${shared.http}pid`)).body.toString());
    expect(pids.size).toBe(1);
  });

  test("answers other events with an error that says what arrived", async () => {
    await expect(shared.invoke({ Records: [{ eventSource: "aws:sqs" }] })).rejects.toMatchObject({
      errorType: "Runtime.NotAnHttpEvent",
      errorMessage: expect.stringMatching(/a batch of records from aws:sqs.*set eventPath/),
    });
  });

  test("prints lines that carry the request id", async () => {
    const { headers } = await send(`${shared.http}log`);
    const id = String(headers["x-amzn-requestid"]);
    expect(await logged(shared, `${id}\tINFO\tto stdout`)).toBeDefined();
    expect(await logged(shared, `${id}\tERROR\tto stderr`)).toBeDefined();
    expect(await logged(shared, `${id}\tINFO\twithout an end`)).toBeDefined();
  });
});

describe("behind a streaming function URL a server", () => {
  const streaming: TestLambdaOptions = {
    front: "function-url-stream",
    environment: { MAYFLY_RESPONSE_MODE: "stream" },
    maxConcurrency: 2,
    timeout: 20,
  };

  test.each([
    ["server", { MAYFLY_RESPONSE_MODE: "stream" }],
    ["streamed", {}],
  ])("streams each piece when it is written: %s", async (handler, environment) => {
    const lambda = await start(handler, { ...streaming, environment });
    const response = await fetch(`${lambda.http}lines`);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(await reader?.read()).toEqual({ done: false, value: "data: first\n\n" });
    await fetch(`${lambda.http}release`);
    expect(await reader?.read()).toEqual({ done: false, value: "data: second\n\n" });
    expect((await reader?.read())?.done).toBe(true);
  });

  test("that never ends its response is let go of shortly before the deadline", async () => {
    const lambda = await start("server", { ...streaming, timeout: 2 });
    const response = await fetch(`${lambda.http}ticks`);
    await expect(response.text()).rejects.toThrow();
    expect(await logged(lambda, "reader gone")).toContain("INFO");
  });

  test("that dies halfway breaks the response off", async () => {
    const lambda = await start("server", streaming);
    const response = await fetch(`${lambda.http}exit-halfway`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(await reader?.read()).toEqual({ done: false, value: "first half" });
    const [rest, release] = await Promise.allSettled([
      reader?.read(),
      fetch(`${lambda.http}release`, { method: "POST" }),
    ]);
    expect(rest.status).toBe("rejected");
    expect(release).toMatchObject({ status: "fulfilled", value: { status: 502 } });
    expect((await fetch(`${lambda.http}none`)).status).toBe(204);
  });
});

describe("a server that fails a request", () => {
  test.each([
    ["exit", "The server ended with exit status 3 while it served this request"],
    ["kill", "The server ended by signal SIGKILL"],
  ])("by %s is answered for, and a new one serves the next", async (path, message) => {
    const lambda = await start("server");
    const before = (await send(`${lambda.http}pid`)).body.toString();
    const answer = await send(`${lambda.http}${path}`);
    expect([answer.status, answer.body.toString()]).toEqual([502, "Bad Gateway\n"]);
    await logged(lambda, message);
    expect((await send(`${lambda.http}pid`)).body.toString()).not.toBe(before);
    expect(lines(lambda).filter((line) => line.startsWith("INIT_START"))).toHaveLength(1);
  });

  test("by dropping the connection is answered for, and serves on", async () => {
    const before = (await send(`${shared.http}pid`)).body.toString();
    expect((await send(`${shared.http}destroy`, { method: "POST" })).status).toBe(502);
    expect((await send(`${shared.http}pid`)).body.toString()).toBe(before);
  });

  test("by not answering is let go of shortly before the deadline", async () => {
    const lambda = await start("server", { timeout: 2 });
    expect((await send(`${lambda.http}hang`)).status).toBe(504);
    expect((await send(`${lambda.http}none`)).status).toBe(204);
    await logged(lambda, "given up");
    await logged(lambda, "had not answered shortly before the deadline");
  });

  test("by closing its port is replaced", async () => {
    const lambda = await start("server");
    const before = (await send(`${lambda.http}pid`)).body.toString();
    expect((await send(`${lambda.http}deaf`)).status).toBe(200);
    // A kept connection may still serve; a request that needs a new one finds nobody.
    expect((await send(`${lambda.http}none`, { method: "POST" })).status).toBe(502);
    expect((await send(`${lambda.http}pid`)).body.toString()).not.toBe(before);
  });

  test("between two requests fails neither", async () => {
    const logs: string[] = [];
    const lambda = await LocalLambda.start({
      functions: { f: { package: built.folder, handler: "server", memory: 256, timeout: 30 } },
      // Frozen, it would end with the next request.
      freeze: false,
      onLog: ({ line }) => logs.push(line),
    });
    onTestFinished(() => lambda.stop());
    const said = (text: string): Promise<void> =>
      until(
        () => logs.some((line) => line.includes(text)),
        () => logs.join("\n"),
      );
    const url = await lambda.serve("f");
    const before = (await send(`${url}pid`)).body.toString();
    // The runtime is back for more.
    await said("REPORT");
    process.kill(Number(before), "SIGUSR2");
    await said("The server ended with exit status 5 between two invocations");
    expect((await send(`${url}pid`)).body.toString()).not.toBe(before);
  });
});

describe("the start of a server", () => {
  test("is waited for", async () => {
    const lambda = await start("starting");
    expect((await send(lambda.http)).body.toString()).toBe("at last");
  });

  test.each([
    [
      "never",
      "Runtime.ServerNotReady",
      /"bun src\/starting.ts never" did not answer on port \d+ within 3 s.*\nwaiting for never/s,
    ],
    ["unhealthy", "Runtime.ServerNotReady", /did not answer on http:\/\/127.0.0.1:\d+\/unhealthy within 1 s/],
    [
      "dying",
      "Runtime.ExitError",
      /ended with exit status 7.*connecting to the database\n.*no database at db.example:5432/s,
    ],
    ["absent", "Runtime.InvalidEntrypoint", /"no-such-program --serve" can't be started/],
    ["fixed", "Runtime.PortInUse", /something listens on port \d+ already/],
  ])("that comes to nothing is an initialization error: %s", async (handler, errorType, message) => {
    const lambda = await start(handler);
    const failure: unknown = await lambda.invoke({}).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ errorType, errorMessage: expect.stringMatching(/^Initialization error: /) });
    expect(failure).toMatchObject({ errorMessage: expect.stringMatching(message) });
  });
});

describe("the end of the environment", () => {
  test("is told to the server, which may finish", async () => {
    // The half second that Lambda gives can pass before a busy machine has let the server run at all.
    let said: readonly string[] = [];
    for (let attempt = 0; attempt < 5 && !said.some((line) => line.includes("ended in order")); attempt++) {
      const lambda = await start("server");
      expect((await send(`${lambda.http}none`)).status).toBe(204);
      await lambda.stop();
      said = lines(lambda);
    }
    expect(said.filter((line) => line.includes("asked to end"))).toHaveLength(1);
    expect(said.some((line) => line.includes("ended in order"))).toBe(true);
    expect(said.some((line) => line.includes("between two invocations"))).toBe(false);
  });
});

describe("several requests in one environment", () => {
  test("are at the server at the same time", async () => {
    const lambda = await start("server", { maxConcurrency: 3 });
    const answers = await Promise.all([1, 2, 3].map(() => fetch(`${lambda.http}together`)));
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(["together", "together", "together"]);
  });
});

describe("an event for a server with eventPath", () => {
  let lambda: TestLambda;
  beforeAll(async () => {
    lambda = await startLambda({ zip: built.folder, handler: "events", memory: 256 });
  });
  afterAll(() => lambda.stop());

  test("is posted there, and its answer is the result", async () => {
    const event = { Records: [{ eventSource: "aws:sqs", body: "gr\u00fc\u00df" }] };
    const result = await lambda.invoke<{ event: unknown; context: string }>(event);
    expect(result.event).toEqual(event);
    expect(JSON.parse(result.context)).toMatchObject({ env_config: { function_name: "events" } });
  });

  test("fails its invocation where the server refuses it, so that it is tried again", async () => {
    await expect(lambda.invoke({ fail: true })).rejects.toMatchObject({
      errorType: "Function.EventRefused",
      errorMessage: "The server answered the event posted to /events with status 500: not this one",
    });
  });

  test("leaves HTTP requests to the server's other paths", async () => {
    expect(JSON.parse((await send(`${lambda.http}other`)).body.toString())).toMatchObject({ url: "/other" });
  });
});

describe.skipIf(withoutPython)("a program in another language", () => {
  test.each(["python", "shell"])("serves requests: %s", async (handler) => {
    const lambda = await start(handler);
    const got = await send(`${lambda.http}path?x=1`);
    expect(JSON.parse(got.body.toString())).toMatchObject({ path: "/path?x=1" });
    const posted = await send(`${lambda.http}form`, { method: "POST", body: "a=b" });
    expect([posted.status, JSON.parse(posted.body.toString())]).toEqual([201, { path: "/form", body: "a=b" }]);
  });
});
