import { toByteString } from "../header-text.ts";
import type { HeaderList, HttpFront } from "../http-event.ts";
import { type ProxyResult, readProxyResult } from "./proxy-result.ts";
import { isBinaryMediaType } from "./request-body.ts";

/**
 * A response to put on the wire; header values are byte strings. The server adds `date`, `connection` and
 * `content-length`.
 */
export interface WireResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

const encoder = new TextEncoder();

/**
 * What AWS answers the client with, given the bytes that the function returned to the invocation.
 * @param functionError the invocation failed (`X-Amz-Function-Error`); `payload` is then the error document
 * @param binaryMediaTypes of a REST API, which alone has them
 * @param accept the client's header of that name, by which a REST API decides whether to decode base64
 */
export function resultToResponse(
  front: HttpFront,
  payload: Uint8Array,
  functionError: boolean,
  binaryMediaTypes: readonly string[] = [],
  accept?: string,
): WireResponse {
  const result = functionError ? undefined : readProxyResult(front, payload);
  if (result === undefined) return failure(front);
  const decodes = front !== "api-gateway-v1" || isBinaryMediaType(accept?.split(",", 1)[0], binaryMediaTypes);
  return {
    status: result.status,
    headers: wireHeaders(front, result),
    body: result.isBase64Encoded && decodes ? Buffer.from(result.body, "base64") : encoder.encode(result.body),
  };
}

function wireHeaders(front: HttpFront, { headers }: ProxyResult): HeaderList {
  const hasType = headers.some(([name]) => name.toLowerCase() === "content-type");
  const isLoadBalancer = front === "alb" || front === "alb-multi-value";
  const all: HeaderList = hasType || isLoadBalancer ? headers : [["content-type", "application/json"], ...headers];
  return all.map(([name, value]) => [name, toByteString(value)]);
}

/** For a function that failed and for a result that the front can't read. The client learns nothing about it. */
function failure(front: HttpFront): WireResponse {
  switch (front) {
    case "function-url":
      return text(502, "application/json", "Internal Server Error");
    case "api-gateway-v1":
      return text(502, "application/json", '{"message": "Internal server error"}');
    case "api-gateway-v2":
      return text(500, "application/json", '{"message":"Internal Server Error"}');
    case "alb":
    case "alb-multi-value": {
      const title = "502 Bad Gateway";
      const page = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
      return text(502, "text/html", page);
    }
    default:
      return front satisfies never;
  }
}

function text(status: number, contentType: string, body: string): WireResponse {
  return { status, headers: [["content-type", contentType]], body: encoder.encode(body) };
}
