import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describeEvent } from "./handler/describe-event.ts";
import { detectHttpEvent } from "./handler/detect.ts";
import type { HttpEventKind } from "./http-event.ts";
import { isObject } from "./shape.ts";
import { shapes } from "../../test/http/shapes.ts";
import { toRequest } from "../../test/http/to-request.ts";

const folder = join(import.meta.dirname, "../../test/http/events/recorded");

function recorded(name: string): unknown {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
}

interface Expected {
  readonly kind: HttpEventKind;
  readonly request: `${string} ${string}`;
  readonly headers?: Readonly<Record<string, string>>;
  /** As latin1. */
  readonly body?: string;
}

const JSON_BODY = '{\r\n\t"a": 1\r\n}';
const REST_API = "https://gy415nuibc.execute-api.us-east-1.amazonaws.com";
const HTTP_API = "https://id.execute-api.us-east-1.amazonaws.com";
const WEBSOCKET = "https://dl7ptocha9.execute-api.ap-northeast-1.amazonaws.com";
const QUERY = "parameter1=value1&parameter1=value2&parameter2=value";
const COOKIES = { cookie: "cookie1; cookie2" };

const requests: Readonly<Record<string, Expected>> = {
  "apigw-request": {
    kind: "api-gateway-v1",
    request: `POST ${REST_API}/hello/world?name=me`,
    headers: { headername: "headerValue", "content-type": "application/json" },
    body: JSON_BODY,
  },
  "apigw-restapi-openapi-request": {
    kind: "api-gateway-v1",
    request: `POST ${REST_API}/hello/world?name=me`,
    body: JSON_BODY,
  },
  "apigw-console-test-request": {
    kind: "api-gateway-v1",
    request: "POST https://testprefix.testdomainname/myPath",
    body: JSON_BODY,
  },
  "apigw-sam-rest-request": { kind: "api-gateway-v1", request: "GET http://127.0.0.1:3000/test" },
  "apigw-v2-request-no-authorizer": {
    kind: "api-gateway-v2",
    request: "GET https://aaaaaaaaaa.execute-api.us-west-2.amazonaws.com/",
  },
  // A body with GET is none of a Request's.
  "apigw-v2-request-iam": { kind: "api-gateway-v2", request: `GET ${HTTP_API}/my/path?${QUERY}`, headers: COOKIES },
  "apigw-v2-request-jwt-authorizer": { kind: "api-gateway-v2", request: `GET ${HTTP_API}/my/path?${QUERY}` },
  "apigw-v2-request-lambda-authorizer": { kind: "api-gateway-v2", request: `GET ${HTTP_API}/my/path?${QUERY}` },
  "apigw-v2-request-multi-value-parameters": {
    kind: "api-gateway-v2",
    request: `GET ${HTTP_API}/my/path?Parameter1=value1&Parameter1=value2`,
  },
  // Its domain name, <url-id>…, is none.
  "lambda-urls-request": {
    kind: "api-gateway-v2",
    request: `POST https://localhost/my/path?${QUERY}`,
    headers: { ...COOKIES, header2: "value1,value2" },
    body: "Hello from client!",
  },
  "alb-lambda-target-request-headers-only": {
    kind: "alb",
    request: "GET http://lambda-test-alb-1334523864.us-east-1.elb.amazonaws.com/?key=hello",
    headers: { "x-myheader": "123" },
  },
  "alb-lambda-target-request-multivalue-headers": {
    kind: "alb-multi-value",
    request: "GET http://lambda-test-alb-1234567.us-east-1.elb.amazonaws.com/?key=hello",
    headers: { "x-myheader": "123" },
  },
  // Its domain name was made unreadable.
  "apigw-websocket-request": { kind: "websocket", request: "GET https://localhost/$connect?name=me" },
  "apigw-websocket-request-send-message": {
    kind: "websocket",
    request: `POST ${WEBSOCKET}/$default`,
    body: JSON_BODY,
  },
  "apigw-websocket-request-disconnect": { kind: "websocket", request: `DELETE ${WEBSOCKET}/$disconnect` },
  "vpc-lattice-v1-request": {
    kind: "vpc-lattice",
    request: "POST https://localhost/api/product?category=electronics&sort=price&limit=10&tags=tv",
    headers: { multi: "abcd, DEF" },
    body: '{"id": 5, "description": "TV"}',
  },
  "vpc-lattice-v2-request": {
    kind: "vpc-lattice-v2",
    request: "GET https://localhost/health?state=prod&multi=a&multi=DEF&multi=g",
    headers: { multi: "x, y" },
  },
  "vpc-lattice-v2-request-base64": {
    kind: "vpc-lattice-v2",
    request: "POST https://localhost/api/files/upload?uploadType=profile-image",
    headers: { "content-encoding": "gzip" },
    body: Buffer.from("H4sIAAAAAAAAA+3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA", "base64").toString(
      "latin1",
    ),
  },
};

describe.each(Object.entries(requests))("the request %s", (name, expected) => {
  test(`is one of ${expected.kind}: ${expected.request}`, async () => {
    const event = recorded(name);
    expect(detectHttpEvent(event)).toBe(expected.kind);
    if (!isObject(event)) throw new Error("no object");
    const request = toRequest(event, expected.kind);
    expect(`${request.method} ${request.url}`).toBe(expected.request);
    expect(Object.fromEntries(request.headers)).toMatchObject(expected.headers ?? {});
    expect(Buffer.from(await request.arrayBuffer()).toString("latin1")).toBe(expected.body ?? "");
  });
});

const others: Readonly<Record<string, string>> = {
  "apigw-custom-auth-request": "a request to an API Gateway authorizer",
  "apigw-custom-auth-request-type-request": "a request to an API Gateway authorizer",
  "apigw-v2-custom-authorizer-v1-request": "a request to an API Gateway authorizer",
  "apigw-v2-custom-authorizer-v2-request": "a request to an API Gateway authorizer",
  "apigw-v2-custom-authorizer-websocket-request": "a request to an API Gateway authorizer",
  "sqs-event": "a batch of records from aws:sqs",
  "sns-event": "a batch of records from aws:sns",
  "s3-event": "a batch of records from aws:s3",
  "dynamodb-event": "a batch of records from aws:dynamodb",
  "dynamodb-time-window-event": "a batch of records from aws:dynamodb",
  "kinesis-event": "a batch of records from aws:kinesis",
  "kinesis-time-window-event": "a batch of records from aws:kinesis",
  "kinesis-firehose-event": "a batch of records from Amazon Data Firehose",
  "kafka-event": "a batch of records from aws:kafka",
  "cloudwatch-logs-event": "log events from CloudWatch Logs",
  "cognito-event-userpools-presignup": "a trigger of a Cognito user pool (PreSignUp_SignUp)",
  "eventbridge-event-obj": 'an EventBridge event ("EC2 Instance State-change Notification")',
  "eventbridge-schedule": 'an EventBridge event ("Scheduled Event")',
};

test.each(Object.entries(others))("the event %s is no HTTP request but %s", (name, description) => {
  const event = recorded(name);
  expect(detectHttpEvent(event)).toBeUndefined();
  expect(describeEvent(event)).toBe(description);
});

const results: Readonly<Record<string, readonly [string, number, string, readonly string[]]>> = {
  "lambda-urls-response": [
    "function-url",
    201,
    '{ "message": "Hello, world!" }',
    ["Cookie_1=Value1; Expires=21 Oct 2021 07:48 GMT", "Cookie_2=Value2; Max-Age=78000"],
  ],
  "alb-lambda-target-response": [
    "alb-multi-value",
    200,
    "Hello from Lambda",
    ["cookie-name=cookie-value;Domain=myweb.com;Secure;HttpOnly", "cookie-name=cookie-value;Expires=May 8, 2019"],
  ],
  "vpc-lattice-response": [
    "vpc-lattice-v2",
    200,
    '{"orderId": "order-789", "status": "created", "message": "Order successfully created"}',
    [],
  ],
};

test.each(Object.entries(results))(
  "the result %s is read as its front reads it",
  (name, [front, status, body, cookies]) => {
    const response = shapes[front]?.toResponse(Buffer.from(JSON.stringify(recorded(name))));
    if (response === undefined) throw new Error(`no shape ${front}`);
    expect([response.status, Buffer.from(response.body).toString()]).toEqual([status, body]);
    const set = response.headers.filter(([field]) => field.toLowerCase() === "set-cookie");
    expect(set.map(([, value]) => value)).toEqual(cookies);
  },
);

test("each recording is in one of these tables", () => {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  const listed = [requests, others, results].flatMap((table) => Object.keys(table).map((name) => `${name}.json`));
  expect(files.toSorted()).toEqual(listed.toSorted());
});
