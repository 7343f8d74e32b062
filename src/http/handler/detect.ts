import type { HttpEventKind } from "../http-event.ts";
import { isObject, type JsonObject, objectAt, textAt } from "../shape.ts";

const WEBSOCKET_EVENTS: readonly unknown[] = ["CONNECT", "MESSAGE", "DISCONNECT"];

/**
 * Which HTTP request an event is, by its whole shape; `undefined` for any other event.
 * Source: the API Gateway, Elastic Load Balancing, VPC Lattice and Lambda guides, each on its Lambda event.
 */
export function detectHttpEvent(event: unknown): HttpEventKind | undefined {
  if (!isObject(event)) return undefined;
  const context = objectAt(event, "requestContext");
  if (isAuthorizerRequest(event)) return undefined;
  if (isObject(context["http"])) return isPayload2(event, context["http"]) ? "api-gateway-v2" : undefined;
  if (isObject(context["elb"])) return albKind(event);
  if (isWebSocket(context)) return "websocket";
  if (isPayload1(event)) return "api-gateway-v1";
  if (isLattice2(event, context)) return "vpc-lattice-v2";
  return isLattice1(event) ? "vpc-lattice" : undefined;
}

/** An authorizer is asked with a copy of the request, and has to answer with a policy. */
function isAuthorizerRequest(event: JsonObject): boolean {
  return event["type"] === "REQUEST" && ("methodArn" in event || "routeArn" in event);
}

function isPayload2(event: JsonObject, http: JsonObject): boolean {
  return event["version"] === "2.0" && textAt(event, "rawPath") !== undefined && textAt(http, "method") !== undefined;
}

function albKind(event: JsonObject): HttpEventKind | undefined {
  if (textAt(event, "httpMethod") === undefined || textAt(event, "path") === undefined) return undefined;
  if (isObject(event["multiValueHeaders"])) return "alb-multi-value";
  return isObject(event["headers"]) ? "alb" : undefined;
}

function isWebSocket(context: JsonObject): boolean {
  return (
    textAt(context, "connectionId") !== undefined &&
    textAt(context, "routeKey") !== undefined &&
    WEBSOCKET_EVENTS.includes(context["eventType"])
  );
}

/** `headers` is `null` in a test from the console. */
function isPayload1(event: JsonObject): boolean {
  return (
    textAt(event, "httpMethod") !== undefined &&
    textAt(event, "path") !== undefined &&
    isObject(event["requestContext"]) &&
    ("headers" in event || "multiValueHeaders" in event)
  );
}

function isLattice2(event: JsonObject, context: JsonObject): boolean {
  return (
    textAt(event, "method") !== undefined &&
    textAt(event, "path") !== undefined &&
    isObject(event["headers"]) &&
    textAt(context, "serviceArn") !== undefined &&
    textAt(context, "targetGroupArn") !== undefined
  );
}

function isLattice1(event: JsonObject): boolean {
  return (
    textAt(event, "raw_path") !== undefined &&
    textAt(event, "method") !== undefined &&
    isObject(event["headers"]) &&
    typeof event["is_base64_encoded"] === "boolean"
  );
}
