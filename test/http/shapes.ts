import { bodyForLoadBalancer } from "../../src/http/front/request-body.ts";
import type { HeaderList, HttpEventKind, HttpFront } from "../../src/http/http-event.ts";
import { requestToEvent } from "../../src/http/front/request-to-event.ts";
import { resultToResponse } from "../../src/http/front/result-to-response.ts";
import type { FrontIdentity, WireRequest, WireResponse } from "../../src/http/front/wire-request.ts";
import { toByteString } from "../../src/http/header-text.ts";
import { isObject, type JsonObject, objectAt, textAt } from "../../src/http/shape.ts";
import {
  decodeFormPart,
  forwardedHeaders,
  groupHeaders,
  groupQuery,
  lastOf,
  mapValues,
  splitTarget,
} from "../../src/http/front/wire-request.ts";

/** A request as a client sent it; tests change what they are about. */
export const WIRE: WireRequest = {
  method: "GET",
  target: "/",
  headers: [["Host", "example.com"]],
  body: new Uint8Array(0),
  sourceIp: "192.0.2.1",
  protocol: "HTTP/1.1",
  scheme: "https",
  port: 443,
  requestId: "id",
  receivedAt: new Date(0),
};

/** What makes an event of a request, and the client's response of the result. */
export interface Shape {
  readonly kind: HttpEventKind;
  readonly toEvent: (request: WireRequest) => unknown;
  readonly toResponse: (result: Uint8Array) => WireResponse;
}

function front(name: HttpFront, kind: HttpEventKind): Shape {
  const stage = name === "api-gateway-v1" || name === "api-gateway-v2" ? "prod" : "$default";
  const identity: FrontIdentity = {
    accountId: "123456789012",
    apiId: "abcdefghij",
    region: "us-east-1",
    stage,
    binaryMediaTypes: ["*/*"],
  };
  return {
    kind,
    toEvent: (request) => requestToEvent(name, request, identity),
    toResponse: (result) => resultToResponse(name, result, ["*/*"]).response,
  };
}

/** All shapes of requests: those of the fronts of the local Lambda, and those that only AWS has. */
export const shapes: Readonly<Record<string, Shape>> = {
  "function-url": front("function-url", "api-gateway-v2"),
  "api-gateway-v1": front("api-gateway-v1", "api-gateway-v1"),
  "api-gateway-v2": front("api-gateway-v2", "api-gateway-v2"),
  alb: front("alb", "alb"),
  "alb-multi-value": front("alb-multi-value", "alb-multi-value"),
  "vpc-lattice": { kind: "vpc-lattice", toEvent: latticeEvent, toResponse: fromSingleHeaders },
  "vpc-lattice-v2": { kind: "vpc-lattice-v2", toEvent: latticeEventV2, toResponse: fromSingleHeaders },
};

/** Source: VPC Lattice User Guide, "Lambda functions as targets", event structure of version 1. */
function latticeEvent(request: WireRequest): unknown {
  const { path, query } = splitTarget(request.target);
  const { body, isBase64Encoded } = bodyForLoadBalancer(request);
  return {
    raw_path: path,
    method: request.method,
    headers: mapValues(groupHeaders(forwardedHeaders(request), true), (values) => values.join(", ")),
    query_string_parameters: mapValues(groupQuery(query, decodeFormPart), lastOf),
    body,
    is_base64_encoded: isBase64Encoded,
  };
}

/** Source: the same, version 2. */
function latticeEventV2(request: WireRequest): unknown {
  const { path, query } = splitTarget(request.target);
  const { body, isBase64Encoded } = bodyForLoadBalancer(request);
  const arn = "arn:aws:vpc-lattice:us-east-1:123456789012";
  return {
    version: "2.0",
    path,
    method: request.method,
    headers: groupHeaders(forwardedHeaders(request), true),
    queryStringParameters: groupQuery(query, decodeFormPart),
    body: body === "" ? null : body,
    isBase64Encoded,
    requestContext: {
      serviceNetworkArn: `${arn}:servicenetwork/sn-0bf3f2882e9cc805a`,
      serviceArn: `${arn}:service/svc-0a40eebed65f8d69c`,
      targetGroupArn: `${arn}:targetgroup/tg-6d0ecf831eec9f09`,
      identity: { sourceVpcArn: "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-0b8276c84697e7339" },
      region: "us-east-1",
      timeEpoch: "1696331543569073",
    },
  };
}

/** One value for a name, as VPC Lattice and WebSocket APIs read a result. */
export function fromSingleHeaders(result: Uint8Array): WireResponse {
  const value: unknown = JSON.parse(Buffer.from(result).toString());
  if (!isObject(value) || typeof value["statusCode"] !== "number") throw new Error("no result");
  const headers: HeaderList = Object.entries(objectAt(value, "headers")).map(([name, text]) => [
    name,
    toByteString(String(text)),
  ]);
  const body = Buffer.from(textAt(value, "body") ?? "", value["isBase64Encoded"] === true ? "base64" : "utf8");
  return { status: value["statusCode"], headers, body };
}

/** What a WebSocket API sends of a connection. Headers and query are there with `CONNECT` alone, a body with `MESSAGE`. */
export function webSocketEvent(
  eventType: "CONNECT" | "MESSAGE" | "DISCONNECT",
  routeKey: string,
  request: WireRequest,
): JsonObject {
  const { query } = splitTarget(request.target);
  const parameters = query === "" ? null : groupQuery(query, decodeFormPart);
  const headers = groupHeaders(forwardedHeaders(request), false);
  return {
    ...(eventType === "CONNECT" && {
      headers: mapValues(headers, lastOf),
      multiValueHeaders: headers,
      queryStringParameters: parameters === null ? null : mapValues(parameters, lastOf),
      multiValueQueryStringParameters: parameters,
    }),
    requestContext: {
      routeKey,
      eventType,
      ...(eventType === "MESSAGE" && { messageId: "R1knPc2ntjMCFIA=" }),
      ...(eventType === "DISCONNECT" && { disconnectStatusCode: 1001, disconnectReason: "" }),
      extendedRequestId: request.requestId,
      messageDirection: "IN",
      stage: "prod",
      connectedAt: 1_705_751_697_419,
      identity: { sourceIp: request.sourceIp },
      requestId: request.requestId,
      domainName: "abcdefghij.execute-api.us-east-1.amazonaws.com",
      connectionId: "R1kmxc2VNjMCFIA=",
      apiId: "abcdefghij",
    },
    // Messages of either kind arrive as text.
    ...(eventType === "MESSAGE" && { body: Buffer.from(request.body).toString("utf8") }),
    isBase64Encoded: false,
  };
}
