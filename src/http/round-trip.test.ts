import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { detectHttpEvent } from "./handler/detect.ts";
import { formatPrelude, PreludeReader } from "./prelude.ts";
import type { WireRequest } from "./front/wire-request.ts";
import { responseHeaders } from "./handler/response-headers.ts";
import { responseToResult } from "./handler/response-to-result.ts";
import { isObject } from "./shape.ts";
import { shapes, fromSingleHeaders, webSocketEvent, WIRE } from "../../test/http/shapes.ts";
import { toRequest } from "../../test/http/to-request.ts";

const cases = Object.entries(shapes);
/** They have one value for a name in the query. */
const LAST_VALUE = new Set(["alb", "vpc-lattice"]);

const segment = fc.string({ unit: "grapheme" }).map((text) => encodeURIComponent(text));
const path = fc
  .array(segment, { maxLength: 4 })
  .map((parts) => `/${parts.join("/")}`)
  // A URL has no dot segments; the client's own URL parser has resolved them before it sends.
  .filter((text) => !/\/(?:\.|%2e)/i.test(text));
const query = fc.array(fc.tuple(segment, segment), { maxLength: 4 }).map((pairs) =>
  pairs
    .filter(([name]) => name !== "")
    .map(([name, value]) => `${name}=${value}`)
    .join("&"),
);
const headerName = fc.stringMatching(/^x-[a-z]{1,8}$/);
/** UTF-8, as HTTP sees it: each byte one character. JSON, which is text, can carry no other bytes. */
const headerValue = fc
  .stringMatching(/^[!-~\u00a1-\u00ff€](?:[ -~\u00a1-\u00ff€]{0,20}[!-~\u00a1-\u00ff€])?$/)
  .map((text) => Buffer.from(text, "utf8").toString("latin1"));
const headerValues = fc.uniqueArray(fc.tuple(headerName, headerValue), { selector: ([name]) => name, maxLength: 5 });
const cookie = fc.stringMatching(/^[a-z]{1,6}=[a-z0-9]{0,6}$/);
const contentType = fc.constantFrom(
  "text/plain",
  "application/json",
  "image/png",
  "application/x-www-form-urlencoded",
  "",
);

const wireRequest: fc.Arbitrary<WireRequest> = fc
  .record({
    method: fc.constantFrom("POST", "PUT", "PATCH", "DELETE"),
    path,
    query,
    fields: headerValues,
    cookies: fc.array(cookie, { maxLength: 3 }),
    type: contentType,
    text: fc.string({ unit: "binary" }),
    bytes: fc.uint8Array(),
  })
  .map(({ method, path: requestPath, query: requestQuery, fields, cookies, type, text, bytes }) => ({
    ...WIRE,
    method,
    target: requestQuery === "" ? requestPath : `${requestPath}?${requestQuery}`,
    headers: [
      ["Host", "example.com"],
      ...fields,
      ...(cookies.length > 0 ? [["Cookie", cookies.join("; ")] as const] : []),
      ...(type === "" ? [] : [["Content-Type", type] as const]),
    ],
    // What says it is text is text; fronts make replacement characters of what is not.
    body: /^text|json/.test(type) ? Buffer.from(text) : bytes,
  }));

describe.each(cases)("a request through %s", (front, { kind, toEvent }) => {
  test("reaches the app as it was sent", async () => {
    await fc.assert(
      fc.asyncProperty(wireRequest, async (sent) => {
        const event: unknown = JSON.parse(JSON.stringify(toEvent(sent)));
        expect(detectHttpEvent(event)).toBe(kind);
        if (!isObject(event)) throw new Error("no event");
        const request = toRequest(event, kind);
        const expected = new URL(`https://example.com${sent.target}`);
        const url = new URL(request.url);
        expect(request.method).toBe(sent.method);
        // HTTP APIs decode the path, which loses which of its slashes and percent signs were escaped.
        if (front === "api-gateway-v2") expect(decoded(url.pathname)).toBe(decoded(expected.pathname));
        else expect(url.pathname).toBe(expected.pathname);
        expect(parameters(url, front)).toEqual(parameters(expected, front));
        for (const [name, value] of sent.headers) expect(request.headers.get(name), name).toBe(value);
        expect(Buffer.from(await request.arrayBuffer())).toEqual(Buffer.from(sent.body));
      }),
    );
  });
});

test.each(cases.filter(([front]) => !LAST_VALUE.has(front)))(
  "cookies in several lines, as HTTP/2 has them, are one list through %s",
  (_front, { kind, toEvent }) => {
    const headers = ["a=1; b=2", "c=3"].map((line) => ["Cookie", line] as const);
    const event = toEvent({ ...WIRE, headers });
    if (!isObject(event)) throw new Error("no event");
    expect(toRequest(event, kind).headers.get("cookie")).toBe("a=1; b=2; c=3");
    if (kind === "api-gateway-v2") expect(event["cookies"]).toEqual(["a=1", "b=2", "c=3"]);
  },
);

/** By name: the maps keep no order between names, and a load balancer without multi-value headers only the last value. */
function parameters(url: URL, front: string): unknown {
  const names = [...new Set(url.searchParams.keys())].toSorted();
  return names.map((name) => {
    const values = url.searchParams.getAll(name);
    return [name, LAST_VALUE.has(front) ? values.at(-1) : values];
  });
}

function decoded(pathname: string): string {
  let text = pathname;
  // Decoded twice, what was decoded and escaped again on the way is the same as what never was.
  for (let round = 0; round < 2; round++) {
    try {
      text = decodeURIComponent(text);
    } catch {
      return text;
    }
  }
  return text;
}

interface Answer {
  readonly status: number;
  readonly fields: readonly (readonly [string, string])[];
  readonly cookies: readonly string[];
  readonly body: Uint8Array<ArrayBuffer>;
}

const answer: fc.Arbitrary<Answer> = fc.record({
  status: fc.constantFrom(200, 201, 302, 400, 404, 500),
  fields: fc
    .tuple(headerValues, contentType)
    .map(([fields, type]) => (type === "" ? fields : [...fields, ["content-type", type] as const])),
  cookies: fc.array(cookie, { maxLength: 6 }),
  body: fc.oneof(
    fc.uint8Array(),
    fc.string({ unit: "binary" }).map((text) => new TextEncoder().encode(text)),
  ),
});

function toResponse({ status, fields, cookies, body }: Answer): Response {
  const headers = new Headers(fields.map(([name, value]) => [name, value]));
  for (const one of cookies) headers.append("set-cookie", one);
  return new Response(new Uint8Array(body), { status, headers });
}

describe.each(cases)("a response through %s", (_front, { kind, toResponse: receive }) => {
  test("reaches the client as the app gave it", async () => {
    await fc.assert(
      fc.asyncProperty(answer, async (given) => {
        const { json, problem } = await responseToResult(toResponse(given), kind, "GET");
        expect(problem).toBeUndefined();
        const { status, headers, body } = receive(json);
        expect(status).toBe(given.status);
        expect(Buffer.from(body)).toEqual(Buffer.from(given.body));
        const got = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
        for (const [name, value] of given.fields) expect(got.get(name), name).toBe(value);
        const cookies = headers.filter(([name]) => name.toLowerCase() === "set-cookie").map(([, value]) => value);
        expect(cookies).toEqual(given.cookies);
      }),
    );
  });
});

describe("a WebSocket connection", () => {
  test("is a GET with the headers and query that opened it", async () => {
    await fc.assert(
      fc.asyncProperty(wireRequest, async (sent) => {
        const event: unknown = JSON.parse(JSON.stringify(webSocketEvent("CONNECT", "$connect", sent)));
        expect(detectHttpEvent(event)).toBe("websocket");
        if (!isObject(event)) throw new Error("no event");
        const request = toRequest(event, "websocket");
        const url = new URL(request.url);
        expect([request.method, url.pathname]).toEqual(["GET", "/$connect"]);
        expect(parameters(url, "websocket")).toEqual(
          parameters(new URL(`https://example.com${sent.target}`), "websocket"),
        );
        for (const [name, value] of sent.headers) expect(request.headers.get(name), name).toBe(value);
        expect(await request.text()).toBe("");
      }),
    );
  });

  test("has its messages as POST to their route, and its end as DELETE", async () => {
    const route = fc.oneof(
      fc.constant("$default"),
      fc.string({ unit: "grapheme", minLength: 1 }).filter((key) => !/^\.{1,2}$/.test(key)),
    );
    await fc.assert(
      fc.asyncProperty(wireRequest, route, fc.string({ unit: "binary" }), async (sent, key, text) => {
        const body = Buffer.from(text);
        const message = webSocketEvent("MESSAGE", key, { ...sent, body });
        expect(detectHttpEvent(message)).toBe("websocket");
        const request = toRequest(message, "websocket");
        expect(request.method).toBe("POST");
        expect(decodeURIComponent(new URL(request.url).pathname)).toBe(`/${key}`);
        expect(Buffer.from(await request.arrayBuffer())).toEqual(body);
        const end = toRequest(webSocketEvent("DISCONNECT", "$disconnect", sent), "websocket");
        expect([end.method, new URL(end.url).pathname, await end.text()]).toEqual(["DELETE", "/$disconnect", ""]);
      }),
    );
  });

  test("gets status, headers and body of the response", async () => {
    await fc.assert(
      fc.asyncProperty(answer, async (given) => {
        const { json } = await responseToResult(toResponse({ ...given, cookies: [] }), "websocket", "POST");
        const { status, headers, body } = fromSingleHeaders(json);
        expect(status).toBe(given.status);
        expect(Buffer.from(body)).toEqual(Buffer.from(given.body));
        expect(Object.fromEntries(headers)).toMatchObject(Object.fromEntries(given.fields));
      }),
    );
  });
});

test("a streamed response's head survives any cut of its bytes", () => {
  fc.assert(
    fc.property(answer, fc.integer({ min: 1, max: 50 }), (given, size) => {
      const prelude = formatPrelude({ statusCode: given.status, ...responseHeaders(toResponse(given)) });
      const bytes = Buffer.concat([prelude, given.body]);
      const reader = new PreludeReader();
      let rest: Uint8Array | undefined;
      for (let offset = 0; offset < bytes.length; offset += size) {
        const chunk = bytes.subarray(offset, offset + size);
        if (rest !== undefined) {
          rest = Buffer.concat([rest, chunk]);
          continue;
        }
        const progress = reader.push(chunk);
        if (progress.kind === "malformed") throw new Error(progress.problem);
        if (progress.kind === "incomplete") continue;
        expect(progress.prelude.statusCode).toBe(given.status);
        expect(progress.prelude.cookies).toEqual(given.cookies);
        expect(progress.prelude.headers).toMatchObject(Object.fromEntries(given.fields));
        rest = progress.rest;
      }
      expect(Buffer.from(rest ?? [])).toEqual(Buffer.from(given.body));
    }),
  );
});
