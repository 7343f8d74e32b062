import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { startHarness, type Harness } from "./support/fake-runtime.ts";
import { send } from "./support/http.ts";

/** Streams to `s`, with status 200 and a content type in the prelude, what the lines of `body` say. */
function streaming(body: string): string {
  return `
    const HTTP = "application/vnd.awslambda.http-integration-response";
    const prelude = (value) => Buffer.concat([Buffer.from(JSON.stringify(value)), Buffer.alloc(8)]);
    loop(async (event, { id }) => {
      const s = stream(id, HTTP);
      const head = (value) => s.write(prelude(value ?? { statusCode: 200, headers: { "content-type": "text/plain" } }));
      ${body}
      s.end(); await s.answered;
      console.log("done");
    });`;
}

async function serve(script: string, timeout = 20): Promise<Harness & { readonly url: string }> {
  const harness = await startHarness(script, { timeout });
  return { ...harness, url: await harness.lambda.serve("hello", { front: "function-url-stream" }) };
}

/** Of a script: `step()` waits for the gate at that address. */
function stepsOf(url: string): string {
  return `const step = () => new Promise((go) => http.get(${JSON.stringify(url)}, (r) => { r.resume(); r.on("end", go); }));`;
}

/** What `step()` of a function waits for. Each `open` lets one through: who waits already, or who comes next. */
async function gate(): Promise<{ readonly url: string; readonly open: () => void }> {
  const waiting: ServerResponse[] = [];
  let ahead = 0;
  const server = createServer((_request, response) => {
    if (ahead === 0) waiting.push(response);
    else {
      ahead -= 1;
      response.end();
    }
  }).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    open: () => {
      const first = waiting.shift();
      if (first === undefined) ahead += 1;
      else first.end();
    },
  };
}

function open(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false }, resolve).on("error", reject).end();
  });
}

describe("a function URL with RESPONSE_STREAM", () => {
  test("takes status, headers and cookies from the prelude", async () => {
    const { url } = await serve(
      streaming(
        `head({ statusCode: 418, headers: { "content-type": "text/html", "x-a": "\\u00e9" }, cookies: ["a=1", "b=2"] }); s.write("<p>");`,
      ),
    );
    const answer = await send(url);
    expect(answer).toMatchObject({ status: 418, headers: { "content-type": "text/html" } });
    expect(Buffer.from(String(answer.headers["x-a"]), "latin1").toString()).toBe("é");
    expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
    expect(answer.body.toString()).toBe("<p>");
  });

  test("reads a prelude that comes byte by byte", async () => {
    const { url } = await serve(
      streaming(
        `for (const byte of prelude({ statusCode: 201 })) { s.write(Buffer.of(byte)); await new Promise(setImmediate); } s.write("body");`,
      ),
    );
    const answer = await send(url);
    expect([answer.status, answer.body.toString()]).toEqual([201, "body"]);
  });

  test("hands on each piece when it comes, the head before all", async () => {
    const steps = await gate();
    const { url, lines } = await serve(
      streaming(`${stepsOf(steps.url)}
        head(); await step(); s.write("one"); await step(); s.write("two"); await step();`),
    );
    const response = await open(url);
    expect(response.statusCode).toBe(200);
    const pieces = response[Symbol.asyncIterator]();
    for (const piece of ["one", "two"]) {
      steps.open();
      expect(String((await pieces.next()).value)).toBe(piece);
    }
    expect(lines()).not.toContain("done");
    steps.open();
    expect((await pieces.next()).done).toBe(true);
  });

  test("passes a stream without a prelude on as it is", async () => {
    const { url } = await serve(
      `loop(async (event, { id }) => { const s = stream(id, "text/csv"); s.end("a,b"); await s.answered; });`,
    );
    expect(await send(url)).toMatchObject({
      status: 200,
      headers: { "content-type": "text/csv" },
      body: Buffer.from("a,b"),
    });
  });

  test("passes what a function returned whole on as it is, uninterpreted", async () => {
    const { url, line } = await serve(`loop(async () => ({ statusCode: 404, body: "none" }));`);
    const answer = await send(url);
    expect(await line(/^function-url-stream: /)).toContain("MAYFLY_RESPONSE_MODE");
    expect([answer.status, answer.body.toString()]).toEqual([200, `{"statusCode":404,"body":"none"}`]);
  });

  test("an empty body is one", async () => {
    const { url } = await serve(streaming(`head({ statusCode: 302, headers: { location: "/there" } });`));
    const answer = await send(url);
    expect(answer).toMatchObject({ status: 302, headers: { location: "/there" } });
    expect(answer.body).toHaveLength(0);
  });

  test("answers HEAD and 204 without a body", async () => {
    const { url } = await serve(
      streaming(`head({ statusCode: event.rawPath === "/none" ? 204 : 200 }); s.write("body");`),
    );
    const head = await send(url, { method: "HEAD" });
    expect([head.status, head.body.length]).toEqual([200, 0]);
    const none = await send(`${url}none`);
    expect([none.status, none.body.length]).toEqual([204, 0]);
  });

  test.each([
    ["is cut short", `s.write('{"statusCode":200}');`],
    ["is no JSON", `s.write(Buffer.concat([Buffer.from("{oops"), Buffer.alloc(8)])); s.write("body");`],
    ["would inject a header", `head({ statusCode: 200, headers: { "x-a": "1\\r\\nx-b: 2" } }); s.write("body");`],
    ["is missing", ``],
  ])("is a 502 with a reason in the log when the prelude %s", async (_what, body) => {
    const { url, line } = await serve(streaming(body));
    const answer = await send(url);
    expect(answer.status).toBe(502);
    expect(answer.headers).not.toHaveProperty("x-b");
    expect(await line(/^function-url-stream: /)).not.toBe("function-url-stream: ");
  });

  test("a function that fails before its first byte is a 502", async () => {
    const trailers = `{ "Lambda-Runtime-Function-Error-Type": "Oops", "Lambda-Runtime-Function-Error-Body": "" }`;
    const { url } = await serve(streaming(`s.addTrailers(${trailers});`));
    expect((await send(url)).status).toBe(502);
  });

  test.each([
    [
      "fails",
      `s.addTrailers({ "Lambda-Runtime-Function-Error-Type": "Oops", "Lambda-Runtime-Function-Error-Body": "" });`,
    ],
    ["dies", `process.exit(1);`],
  ])("a function that %s in the middle cuts its client's connection", async (_how, end) => {
    const steps = await gate();
    const { url } = await serve(
      streaming(`${stepsOf(steps.url)} head(); s.write("part"); if (event.rawPath === "/") { await step(); ${end} }`),
    );
    const reader = (await fetch(url)).body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("part");
    steps.open();
    await expect(reader?.read()).rejects.toThrow();
    expect((await send(`${url}fine`)).body.toString()).toBe("part");
  });

  test("a client who doesn't read holds the function back", async () => {
    const total = 40_000_000;
    const { url, line, lines } = await serve(
      streaming(`
        head();
        const block = Buffer.alloc(100_000);
        let held = false;
        for (let sent = 0; sent < ${total}; sent += block.length) {
          if (!s.write(block)) await new Promise((go) => {
            const timer = setTimeout(() => { if (!held) console.log("held"); held = true; }, 300);
            s.once("drain", () => { clearTimeout(timer); go(); });
          });
        }`),
      60,
    );
    const response = await open(url);
    await line(/^held$/);
    expect(lines()).not.toContain("done");
    let received = 0;
    for await (const chunk of response) if (Buffer.isBuffer(chunk)) received += chunk.length;
    expect(received).toBe(total);
  });

  test("a client who leaves doesn't stop the function", async () => {
    const { url, line } = await serve(
      streaming(`
        head();
        const interval = setInterval(() => s.write(Buffer.alloc(50_000)), 5);
        await new Promise((go) => setTimeout(go, 300));
        clearInterval(interval);`),
    );
    const response = await open(url);
    response.on("error", () => undefined);
    response.destroy();
    await line(/^done$/);
    expect((await send(url)).status).toBe(200);
  });
});
