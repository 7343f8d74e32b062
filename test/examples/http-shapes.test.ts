import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FRONT_KINDS } from "../../src/http/front/front-kind.ts";
import { LocalLambda } from "../../src/local/local-lambda.ts";
import { shapes, WIRE } from "../http/shapes.ts";
import { sharedBuild } from "../support/shared.ts";

interface Exchange {
  readonly request: string;
  readonly body?: string;
  readonly status: number;
  readonly header?: readonly [name: string, start: string];
  readonly text: string | RegExp;
}

interface HttpApp {
  /** A project, or files of the tests. */
  readonly entries: readonly string[];
  readonly handler: string;
  readonly exchanges: readonly Exchange[];
}

const examples = join(import.meta.dirname, "../../examples");
const apps = join(import.meta.dirname, "../fixtures/http-apps");

/** One package for all of them. */
const APPS = readdirSync(apps).map((file) => join(apps, file));

const JSON_TYPE = ["content-type", "application/json"] as const;

function testApp(file: string, by: string, handler = `${file}.default`): HttpApp {
  const exchanges: readonly Exchange[] = [
    { request: "GET /hello/Ada", status: 200, header: JSON_TYPE, text: /^\{\s*"message": ?"Hello Ada"\s*\}$/ },
    { request: "POST /echo", body: "grüße, 1+2", status: 200, header: ["x-by", by], text: "grüße, 1+2" },
    { request: "GET /fail", status: 418, text: /a teapot/ },
  ];
  return { entries: APPS, handler, exchanges };
}

function example(folder: string, handler: string, ...exchanges: readonly Exchange[]): HttpApp {
  return { entries: [join(examples, folder)], handler, exchanges };
}

const served: Readonly<Record<string, HttpApp>> = {
  "examples/http-hono": example(
    "http-hono",
    "app.default",
    { request: "GET /", status: 200, header: ["content-type", "text/html"], text: /<h1>Notes<\/h1>/ },
    { request: "GET /pixel.gif", status: 200, header: ["content-type", "image/gif"], text: /^GIF89a/ },
    { request: "POST /notes", body: '{"text":"grüße"}', status: 201, header: JSON_TYPE, text: /"text":"grüße"/ },
    { request: "GET /nowhere", status: 404, text: /./ },
  ),
  "examples/http-elysia": example("http-elysia", "app.default", {
    request: "POST /login",
    body: '{"name":"Ada"}',
    status: 200,
    header: ["set-cookie", "user=Ada;"],
    text: '{"welcome":"Ada"}',
  }),
  "examples/http-express": example(
    "http-express",
    "server.app",
    { request: "GET /hello/Ada?from=x", status: 200, header: JSON_TYPE, text: /"message":"Hello Ada"/ },
    { request: "GET /logo.png", status: 200, header: ["content-type", "image/png"], text: /^\u0089PNG\r\n[^]*IEND/ },
    { request: "GET /broken", status: 500, header: JSON_TYPE, text: '{"error":"Something went wrong."}' },
  ),
  "examples/http-fastify": example(
    "http-fastify",
    "server.server",
    {
      request: "POST /orders",
      body: '{"item":"lamp","quantity":2}',
      status: 201,
      header: JSON_TYPE,
      text: '{"accepted":"2 × lamp"}',
    },
    { request: "POST /orders", body: '{"item":"lamp"}', status: 400, header: JSON_TYPE, text: /FST_ERR_VALIDATION/ },
  ),
  "examples/sse": example("sse", "ticks.default", {
    request: "GET /?count=2",
    status: 200,
    header: ["content-type", "text/event-stream"],
    text: 'id: 1\ndata: {"tick":1}\n\nid: 2\ndata: {"tick":2}\n\n',
  }),
  NestJS: {
    entries: [join(import.meta.dirname, "../fixtures/nest")],
    handler: "app.app",
    exchanges: [
      { request: "POST /notes", body: '{"text":"grüße"}', status: 201, header: JSON_TYPE, text: /^\{"id":\d+\}$/ },
      { request: "GET /notes/1", status: 200, header: JSON_TYPE, text: '{"text":"buy a lamp"}' },
      { request: "GET /notes/export.bin", status: 200, text: "\u0000\u0001\u0002\u00fe\u00ff" },
      { request: "GET /notes/99", status: 404, header: JSON_TYPE, text: /There is no note 99\./ },
    ],
  },
  "itty-router": testApp("itty", "itty"),
  "h3, version 2": testApp("h3", "h3"),
  "h3, version 1": testApp("h3-v1", "h3"),
  "h3, version 1, as a server": testApp("h3-v1", "h3", "h3-v1.server"),
  "code for Cloudflare Workers": testApp("worker", "worker"),
  "code for Bun.serve": testApp("bun", "bun"),
};

function packageOf({ entries }: HttpApp): Promise<string> {
  return sharedBuild({ cwd: import.meta.dirname, entries, flags: ["--host"] });
}

describe.each(Object.entries(served))("%s", (_name, app) => {
  const { handler, exchanges } = app;
  let lambda: LocalLambda | undefined;
  beforeAll(async () => {
    const settings = { package: await packageOf(app), handler, timeout: 60, memory: 256 };
    lambda = await LocalLambda.start({
      functions: {
        whole: { ...settings, environment: { GREETING: "Hello", MAYFLY_RESPONSE_MODE: "buffered" } },
        streaming: { ...settings, environment: { GREETING: "Hello", MAYFLY_RESPONSE_MODE: "stream" } },
      },
    });
  });
  afterAll(async () => {
    await lambda?.stop();
  });

  test.each(FRONT_KINDS)("answers each request over HTTP behind %s", async (front) => {
    const name = front === "function-url-stream" ? "streaming" : "whole";
    if (lambda === undefined) throw new Error("the function is not running");
    const url = await lambda.serve(name, { front, binaryMediaTypes: ["*/*"] });
    for (const exchange of exchanges) {
      const { request, body } = exchange;
      const [method = "", target = ""] = request.split(" ");
      const response = await fetch(new URL(target, url), {
        method,
        ...(body !== undefined && { body, headers: { "content-type": contentTypeOf(body) } }),
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(seen(exchange, response.status, response.headers, bytes)).toEqual(expected(exchange));
    }
  });

  test.each(["vpc-lattice", "vpc-lattice-v2"])("answers each request of %s", async (name) => {
    const shape = shapes[name];
    if (shape === undefined || lambda === undefined) throw new Error(`no shape ${name}, or no function`);
    for (const exchange of exchanges) {
      const [method = "", target = ""] = exchange.request.split(" ");
      const body = Buffer.from(exchange.body ?? "");
      const event = shape.toEvent({
        ...WIRE,
        method,
        target,
        headers: [
          ["host", "example.com"],
          ...(exchange.body === undefined
            ? []
            : [
                ["content-type", contentTypeOf(exchange.body)] as const,
                ["content-length", String(body.length)] as const,
              ]),
        ],
        body,
      });
      const { functionError, payload } = await lambda.invoke("whole", Buffer.from(JSON.stringify(event)));
      expect(functionError, payload.toString()).toBe(false);
      const { status, headers, body: answered } = shape.toResponse(payload);
      const list = new Headers(headers.map(([field, value]) => [field, value]));
      expect(seen(exchange, status, list, Buffer.from(answered))).toEqual(expected(exchange));
    }
  });
});

function contentTypeOf(body: string): string {
  return body.startsWith("{") ? "application/json" : "text/plain; charset=utf-8";
}

function expected({ request, status, header, text }: Exchange): unknown {
  return {
    request,
    status,
    text: typeof text === "string" ? text : expect.stringMatching(text),
    ...(header !== undefined && { header: expect.stringMatching(new RegExp(`^${header[1]}`)) }),
  };
}

function seen({ request, header }: Exchange, status: number, headers: Headers, body: Buffer): unknown {
  const isText = /^text|json/.test(headers.get("content-type") ?? "");
  const text = body.toString(isText ? "utf8" : "latin1");
  return { request, status, text, ...(header !== undefined && { header: headers.get(header[0]) ?? "none" }) };
}
