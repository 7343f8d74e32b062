import { eventBody } from "./event-body.ts";
import { eventHeaders } from "./event-headers.ts";
import { eventUrl } from "./event-url.ts";
import type { HttpEventKind } from "../http-event.ts";
import { RequestFault } from "./request-fault.ts";
import { type JsonObject, objectAt, textAt } from "../shape.ts";

/**
 * The request that an event of this kind (`detectHttpEvent`) stands for: absolute URL, headers, cookies and the body
 * as bytes. A WebSocket event is a `GET`, `POST` or `DELETE` (connect, message, disconnect) of its route's name.
 * @throws RequestFault for a body that isn't base64 though it says so, a header or method no `Request` can have
 */
export function eventToRequest<Made extends Request>(
  event: JsonObject,
  kind: HttpEventKind,
  make: (url: string, init: RequestInit) => Made,
): Made {
  const method = eventMethod(event, kind);
  if (!USUAL_METHODS.has(method)) checkMethod(method);
  const headers = eventHeaders(event, kind);
  const body = eventBody(event);
  const init: RequestInit = { method, headers };
  // A body with GET has no meaning in HTTP, and no Request can have one; the event still does.
  if (body !== undefined && method !== "GET" && method !== "HEAD") init.body = body;
  const url = eventUrl(event, kind, headers);
  try {
    return make(url, init);
  } catch (error) {
    throw new RequestFault(400, `This is no HTTP request: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const USUAL_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const METHOD = /^[\w!#$%&'*+\-.^`|~]+$/;
/** `Request` refuses them: they are for proxies. */
const REFUSED_METHODS: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK"]);

function checkMethod(method: string): void {
  if (!METHOD.test(method)) throw new RequestFault(400, "The method is none that HTTP allows.");
  if (REFUSED_METHODS.has(method)) throw new RequestFault(501, `The method ${method} can't be served.`);
}

/** Upper case, as methods are by convention. */
export function eventMethod(event: JsonObject, kind: HttpEventKind): string {
  return statedMethod(event, kind).toUpperCase();
}

function statedMethod(event: JsonObject, kind: HttpEventKind): string {
  const context = objectAt(event, "requestContext");
  switch (kind) {
    case "api-gateway-v1":
    case "alb":
    case "alb-multi-value":
      return textAt(event, "httpMethod") ?? "GET";
    case "api-gateway-v2":
      return textAt(objectAt(context, "http"), "method") ?? "GET";
    case "vpc-lattice":
    case "vpc-lattice-v2":
      return textAt(event, "method") ?? "GET";
    case "websocket":
      return context["eventType"] === "CONNECT" ? "GET" : context["eventType"] === "MESSAGE" ? "POST" : "DELETE";
    default:
      return kind satisfies never;
  }
}
