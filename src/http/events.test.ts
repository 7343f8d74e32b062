import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describeEvent } from "./handler/describe-event.ts";
import { detectHttpEvent } from "./handler/detect.ts";
import type { HttpEventKind } from "./http-event.ts";
import { isObject, type JsonObject } from "./shape.ts";
import { toRequest } from "../../test/http/to-request.ts";

function sample(name: string): JsonObject {
  const event: unknown = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../test/http/events", `${name}.json`), "utf8"),
  );
  if (!isObject(event)) throw new Error(`${name} is no object`);
  return event;
}

interface Expected {
  readonly kind: HttpEventKind;
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const samples: Readonly<Record<string, Expected>> = {
  "rest-api": {
    kind: "api-gateway-v1",
    method: "GET",
    url: "https://id.execute-api.us-east-1.amazonaws.com/my/path?parameter1=value1&parameter1=value2&parameter2=value",
    headers: { header1: "value1", header2: "value1, value2" },
  },
  "rest-api-console-test": {
    kind: "api-gateway-v1",
    method: "POST",
    url: "https://testprefix.testdomainname/orders",
    body: '{"id":7}',
  },
  "http-api": {
    kind: "api-gateway-v2",
    method: "POST",
    url: "https://id.execute-api.us-east-1.amazonaws.com/my/path?parameter1=value1&parameter1=value2&parameter2=value",
    headers: { cookie: "cookie1=one; cookie2=two", header2: "value1,value2" },
    body: "Hello from Lambda",
  },
  "http-api-stage": {
    kind: "api-gateway-v2",
    method: "GET",
    url: "https://id.execute-api.us-east-1.amazonaws.com/a%20b/%C3%BC%3F",
  },
  "function-url": {
    kind: "api-gateway-v2",
    method: "POST",
    url: "https://abcdefghij.lambda-url.us-west-2.on.aws/my%20path/%C3%BC?parameter1=value1&parameter1=value2&q=%23%26",
    headers: { cookie: "cookie1=one; cookie2=two" },
    body: "Hello from client!",
  },
  alb: {
    kind: "alb",
    method: "GET",
    url: "http://lambda-alb-123578498.us-east-1.elb.amazonaws.com/lambda?query=1234ABCD%20x&last=two",
    headers: { cookie: "a=1; b=2" },
  },
  "alb-multi-value": {
    kind: "alb-multi-value",
    method: "POST",
    url: "https://lambda-alb-123578498.us-east-1.elb.amazonaws.com/lambda?myKey=val1&myKey=val%202",
    headers: { cookie: "a=1; b=2", accept: "text/html, application/json" },
    body: "\u0000\u0001\u0002\u0080",
  },
  "websocket-connect": {
    kind: "websocket",
    method: "GET",
    url: "https://id.execute-api.us-east-1.amazonaws.com/$connect?token=t%201",
  },
  "websocket-message": {
    kind: "websocket",
    method: "POST",
    url: "https://id.execute-api.us-east-1.amazonaws.com/$default",
    body: '{"say":"hi"}',
  },
  "vpc-lattice": {
    kind: "vpc-lattice",
    method: "POST",
    url: "https://my-service-0123456789.7d67968.vpc-lattice-svcs.us-west-2.on.aws/path/to/resource?parameter1=value%201",
    body: "request body",
  },
  "vpc-lattice-v2": {
    kind: "vpc-lattice-v2",
    method: "POST",
    url: "http://my-service-0123456789.7d67968.vpc-lattice-svcs.us-west-2.on.aws/path/to/resource?parameter1=value1&parameter1=value%202",
    headers: { header1: "value1, value2" },
    body: "request body",
  },
};

describe.each(Object.entries(samples))("the event %s", (name, expected) => {
  test("is known for what it is", () => {
    expect(detectHttpEvent(sample(name))).toBe(expected.kind);
  });

  test("becomes its request", async () => {
    const request = toRequest(sample(name), expected.kind);
    expect(request.method).toBe(expected.method);
    expect(request.url).toBe(expected.url);
    expect(Object.fromEntries(request.headers)).toMatchObject(expected.headers ?? {});
    expect(Buffer.from(await request.arrayBuffer()).toString("latin1")).toBe(expected.body ?? "");
  });

  test("is known by no single field of it", () => {
    const event = sample(name);
    for (const key of Object.keys(event)) {
      expect(detectHttpEvent({ [key]: event[key] }), `only ${key}`).toBe(
        // The context of a WebSocket event is the whole of it.
        key === "requestContext" && expected.kind === "websocket" ? "websocket" : undefined,
      );
    }
  });
});

test("an HTTP API's stage is no part of the path with payload 1.0 either", () => {
  const rest = sample("rest-api");
  const event = { ...rest, path: "/test/my/path", requestContext: { stage: "test", domainName: "id.example.com" } };
  expect(new URL(toRequest({ ...event, version: "1.0" }, "api-gateway-v1").url).pathname).toBe("/my/path");
  // A REST API has taken it away; what is left is the app's.
  expect(new URL(toRequest(event, "api-gateway-v1").url).pathname).toBe("/test/my/path");
});

test.each(["shop.example:99999", "1.2.3.999", "[::1::2]", "a@b"])(
  "the host %s, which no URL can have, is passed over for the front's own name",
  (host) => {
    const event = sample("function-url");
    expect(new URL(toRequest({ ...event, headers: { host } }, "api-gateway-v2").url).host).toMatch(/\.lambda-url\./);
  },
);

test.each([{ a: 1 }, ["a"], 5, false])("the body %j, which an event by hand may have, is refused", (body) => {
  expect(() => toRequest({ ...sample("function-url"), body }, "api-gateway-v2")).toThrow("body is no text");
});

describe("an event that is no HTTP request is none, and is named:", () => {
  const others: readonly [unknown, string][] = [
    [{ Records: [{ eventSource: "aws:sqs" }] }, "a batch of records from aws:sqs"],
    [{ Records: [{ EventSource: "aws:sns" }] }, "a batch of records from aws:sns"],
    [
      { "detail-type": "Scheduled Event", source: "aws.events", detail: {} },
      'an EventBridge event ("Scheduled Event")',
    ],
    [{ ...sample("rest-api"), type: "REQUEST", methodArn: "arn" }, "a request to an API Gateway authorizer"],
    [{ ...sample("http-api"), type: "REQUEST", routeArn: "arn" }, "a request to an API Gateway authorizer"],
    [{ name: "Ada" }, "an object with name"],
    [{ httpMethod: "GET", path: "/" }, "an object with httpMethod, path"],
    [
      Object.fromEntries("abcdefghijk".split("").map((key) => [key, 1])),
      "an object with a, b, c, d, e, f, g, h and 3 more",
    ],
    [{}, "an empty object"],
    [[], "a list"],
    [null, "null"],
    ["hello", "a text"],
    [7, "a number"],
  ];
  test.each(others)("%j", (event, description) => {
    expect(detectHttpEvent(event)).toBeUndefined();
    expect(describeEvent(event)).toBe(description);
  });
});
