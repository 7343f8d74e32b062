import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startLambda, type TestLambda, type TestLambdaOptions } from "../../src/testing/index.ts";
import { withoutElixir } from "../elixir/mix-project.ts";
import { sharedBuild } from "../support/shared.ts";

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
const examples = join(import.meta.dirname, "../../examples");

function event(example: string): unknown {
  return JSON.parse(readFileSync(join(examples, example, "event.json"), "utf8"));
}

/** The package that other suites test too. */
function packageOf(example: string): Promise<string> {
  return sharedBuild({ cwd: import.meta.dirname, entries: [join(examples, example)], flags: ["--host"] });
}

/** A suite over one example, built and running. */
function describeExample(example: string, options: TestLambdaOptions, body: (lambda: () => TestLambda) => void): void {
  describe(`examples/${example} as ${options.function ?? options.handler}`, () => {
    let lambda: TestLambda | undefined;
    beforeAll(async () => {
      // What a function of the config is, its build tells.
      const source =
        options.function === undefined ? { zip: await packageOf(example) } : { entry: join(examples, example) };
      lambda = await startLambda({ ...source, timeout: 60, ...options });
    });
    afterAll(async () => {
      await lambda?.stop();
    });
    body(() => {
      if (lambda === undefined) throw new Error("the function is not running");
      return lambda;
    });
  });
}

describeExample("hello", { handler: "hello.handle" }, (lambda) => {
  test("greets the name in its event.json", async () => {
    expect(await lambda().invoke(event("hello"))).toEqual({ message: "Hello Ada, from hello" });
  });

  test("fails as it says it does without a name", async () => {
    await expect(lambda().invoke({})).rejects.toMatchObject({ errorMessage: "name is required", stackTrace: [] });
  });
});

describeExample("errors", { handler: "errors.handle" }, (lambda) => {
  test("throws its own error class, with the cause, on its event.json", async () => {
    await expect(lambda().invoke(event("errors"))).rejects.toMatchObject({
      errorType: "OutOfStock",
      stackTrace: [expect.stringMatching(/src\/errors\.ts:18:\d+\)$/)],
      document: { cause: { errorType: "RangeError", errorMessage: "only 3 of lamp left, 5 wanted" } },
    });
  });

  test("succeeds when there is stock", async () => {
    expect(await lambda().invoke({ sku: "lamp" })).toEqual({ reserved: "1 × lamp" });
  });
});

describe.skipIf(withoutElixir)("with Elixir's mix on the PATH", () => {
  describeExample("elixir", { handler: "Elixir.Greeter.greet", memory: 256 }, (lambda) => {
    test("greets the name in its event.json, and remembers it", async () => {
      expect(await lambda().invoke(event("elixir"))).toMatchObject({ message: "Hallo Ada", count: 1 });
      expect(await lambda().invoke(event("elixir"))).toMatchObject({ count: 2 });
    });

    test("fails as it says it does", async () => {
      await expect(lambda().invoke({})).rejects.toMatchObject({ errorMessage: "name is required", stackTrace: [] });
      await expect(lambda().invoke({ name: "Ada", language: "tlh" })).rejects.toMatchObject({
        errorType: "Greeter.UnknownLanguage",
        stackTrace: expect.arrayContaining([expect.stringContaining("lib/greeter.ex")]),
      });
    });
  });
});

describeExample("streaming", { handler: "streaming.countdown" }, (lambda) => {
  test("counts down", async () => {
    expect(await lambda().invoke(event("streaming"))).toBe("3…\n2…\n1…\nlift-off\n");
  });
});

describeExample("schema", { handler: "schema.total" }, (lambda) => {
  test("adds up the order in its event.json", async () => {
    expect(await lambda().invoke(event("schema"))).toEqual({
      id: "5f3c4ad0-8f0e-4f0c-9d5e-1c9a7b1f2a11",
      total: 90,
    });
  });

  test("refuses another shape before the handler runs, naming the place", async () => {
    await expect(lambda().invoke({ id: "1", items: [] })).rejects.toMatchObject({
      errorType: "ValidationError",
      errorMessage: expect.stringContaining("items"),
    });
  });
});

describeExample("aws-sdk", { handler: "orders.handle", memory: 256 }, (lambda) => {
  test("makes its clients and answers without an account", async () => {
    expect(await lambda().invoke(event("aws-sdk"))).toEqual({
      get: { table: "orders", key: { id: "1815" }, object: "1815.pdf" },
      region: "us-east-1",
      s3: "us-east-1",
    });
  });
});

describeExample("multiple-handlers", { function: "createUser" }, (lambda) => {
  test("keeps what it made across invocations", async () => {
    expect(await lambda().invoke({ id: "ada", name: "Ada" })).toEqual({ id: "ada" });
    await expect(lambda().invoke({ id: "ada", name: "Ada" })).rejects.toMatchObject({ errorType: "AlreadyExists" });
  });
});

describeExample("multiple-handlers", { function: "report" }, (lambda) => {
  test("has the environment that mayfly.config.ts gives it", async () => {
    expect(await lambda().invoke(event("multiple-handlers"))).toEqual({ total: "€42.50" });
  });
});

describeExample("http-express", { handler: "server.app" }, (lambda) => {
  test("answers its event.json", async () => {
    expect(await lambda().invoke(event("http-express"))).toMatchObject({
      statusCode: 200,
      body: JSON.stringify({ message: "Hello Ada", query: { from: "event" } }),
    });
  });

  test("serves an image byte for byte", async () => {
    const response = await fetch(`${lambda().http}logo.png`);
    expect(response.headers.get("content-type")).toBe("image/png");
    const image = Buffer.from(await response.arrayBuffer());
    expect(image.subarray(0, 8).toString("latin1")).toBe("\u0089PNG\r\n\u001a\n");
    expect(image.subarray(-8).toString("latin1")).toBe("IEND\u00aeB`\u0082");
  });

  test("takes an uploaded file", async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256);
    const form = new FormData();
    form.set("file", new File([bytes], "grün.bin", { type: "application/octet-stream" }));
    const response = await fetch(`${lambda().http}upload`, { method: "POST", body: form });
    expect(await response.json()).toMatchObject({
      bytes: 100_000,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    });
  });

  test("keeps its own error from the client, and logs it", async () => {
    const response = await fetch(`${lambda().http}broken`);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ error: "Something went wrong." });
    expect(lambda().logs.some(({ line }) => line.includes("the database is gone"))).toBe(true);
  });

  test.skipIf(!hasCurl)("answers curl", async () => {
    const { stdout } = await promisify(execFile)("curl", [
      "--silent",
      "--include",
      "--header",
      "content-type: application/json",
      "--data",
      `{"a":[1,2]}`,
      `${lambda().http}echo`,
    ]);
    expect(stdout).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
    expect(stdout).toMatch(/\r\n\r\n\{"a":\[1,2\]\}$/);
  });
});

describeExample(
  "http-express",
  { handler: "server.app", front: "function-url-stream", environment: { MAYFLY_RESPONSE_MODE: "stream" } },
  (lambda) => {
    test.skipIf(!hasCurl)("counts down line by line", async () => {
      const { stdout } = await promisify(execFile)("curl", ["--silent", "--no-buffer", `${lambda().http}countdown`]);
      expect(stdout).toBe("3…\n2…\n1…\nlift-off\n");
    });
  },
);

describeExample("http-fastify", { handler: "server.server" }, (lambda) => {
  test("answers its event.json", async () => {
    expect(await lambda().invoke(event("http-fastify"))).toMatchObject({ statusCode: 200, body: `{"id":"1815"}` });
  });

  test("checks what it is sent", async () => {
    const post = (body: string): Promise<Response> =>
      fetch(`${lambda().http}orders`, { method: "POST", headers: { "content-type": "application/json" }, body });
    const accepted = await post(`{"item":"lamp","quantity":2}`);
    expect([accepted.status, await accepted.json()]).toEqual([201, { accepted: "2 × lamp" }]);
    const refused = await post(`{"item":"lamp","quantity":0}`);
    expect([refused.status, await refused.json()]).toMatchObject([400, { code: "FST_ERR_VALIDATION" }]);
  });
});

describeExample("http-hono", { handler: "app.default" }, (lambda) => {
  test("answers its event.json", async () => {
    expect(await lambda().invoke(event("http-hono"))).toMatchObject({
      statusCode: 201,
      headers: { location: expect.stringMatching(/^https:\/\/abcdefghij\.lambda-url\..*\/notes\/\d+$/) },
      body: expect.stringContaining('"text":"buy a lamp"'),
    });
  });

  test("answers over HTTP with links that lead back to it", async () => {
    const post = (body: unknown): Promise<Response> =>
      fetch(`${lambda().http}notes`, { method: "POST", body: JSON.stringify(body) });
    const created = await post({ text: "grüße" });
    expect(created.status).toBe(201);
    expect(await (await fetch(created.headers.get("location") ?? "")).json()).toMatchObject({ text: "grüße" });
    expect((await post({})).status).toBe(400);
    expect((await fetch(`${lambda().http}nowhere`)).status).toBe(404);
  });

  test("serves an image byte for byte, HEAD without it, and reaches the event", async () => {
    const image = await fetch(`${lambda().http}pixel.gif`);
    expect(image.headers.get("content-type")).toBe("image/gif");
    expect(Buffer.from(await image.arrayBuffer()).toString("base64")).toBe("R0lGODlhAQABAAAAACw=");
    const head = await fetch(`${lambda().http}pixel.gif`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(await (await fetch(`${lambda().http}event`)).json()).toContain("requestContext");
  });
});

for (const front of ["api-gateway-v1", "api-gateway-v2", "alb", "alb-multi-value"] as const) {
  test(`examples/http-hono answers behind ${front}`, async () => {
    const zip = await packageOf("http-hono");
    await using lambda = await startLambda({ zip, handler: "app.default", front, timeout: 60 });
    const page = await fetch(lambda.http);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=UTF-8"]);
    expect(await page.text()).toContain("<h1>Notes</h1>");
  });
}

describeExample("http-elysia", { handler: "app.default" }, (lambda) => {
  test("answers its event.json", async () => {
    expect(await lambda().invoke(event("http-elysia"))).toMatchObject({ statusCode: 200, body: '{"sum":3}' });
  });

  test("checks what it is sent, and sets a cookie", async () => {
    const login = (body: string): Promise<Response> =>
      fetch(`${lambda().http}login`, { method: "POST", headers: { "content-type": "application/json" }, body });
    const accepted = await login('{"name":"Ada"}');
    expect([accepted.status, await accepted.json()]).toEqual([200, { welcome: "Ada" }]);
    expect(accepted.headers.getSetCookie()).toEqual([expect.stringMatching(/^user=Ada;.*HttpOnly/)]);
    expect((await login('{"name":7}')).status).toBe(422);
  });
});

describeExample("http-server", { function: "web" }, (lambda) => {
  test("answers its event.json", async () => {
    expect(await lambda().invoke(event("http-server"))).toMatchObject({
      statusCode: 200,
      body: '{"message":"Hello Ada"}',
    });
  });

  test("serves the included page, and a stream", async () => {
    const page = await fetch(lambda().http);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(await page.text()).toContain("<h1>A server that listens by itself</h1>");
    expect(await (await fetch(`${lambda().http}ticks`)).text()).toBe("data: 1\n\ndata: 2\n\ndata: 3\n\n");
  });
});

describeExample("sse", { function: "ticks" }, (lambda) => {
  test("sends its event.json's count as one stream", async () => {
    // A caller of the invocation itself gets the prelude too.
    expect(await lambda().invoke(event("sse"))).toContain('data: {"tick":3}');
  });

  test("sends each event when it exists", async () => {
    const response = await fetch(`${lambda().http}?count=4`);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(await response.text()).toContain('id: 4\ndata: {"tick":4}\n\n');
    // The last of these would be made when the invocation is long over: the first can't have waited for it.
    const reader = (await fetch(`${lambda().http}?count=100000`)).body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toMatch(/^id: 1\ndata: {"tick":1}\n\n/);
    await reader?.cancel();
  });
});

test("an example is built from its own folder, checked by the tsconfig.json above it", () => {
  const outdir = mkdtempSync(join(tmpdir(), "mayfly-examples-"));
  try {
    const command = [join(examples, "../bin/mayfly.js"), "build", "--typecheck", "--json", "--outdir", outdir];
    const built = spawnSync(process.execPath, command, { cwd: join(examples, "schema"), encoding: "utf8" });
    expect(built.stderr).toBe("");
    expect(JSON.parse(built.stdout)).toMatchObject({ handlers: [{ handler: "schema.total", file: "src/schema.ts" }] });
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

test("every example is tested here and has an event to invoke it with", () => {
  const names = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const tested = readFileSync(import.meta.filename, "utf8");
  for (const { name } of names) {
    expect(tested).toContain(`describeExample("${name}"`);
    expect(event(name)).toBeTypeOf("object");
  }
});
