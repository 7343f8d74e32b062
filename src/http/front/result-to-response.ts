import { toByteString } from "../header-text.ts";
import type { HeaderList, HttpFront } from "../http-event.ts";
import { FRONTS } from "./front-kind.ts";
import { type ProxyResult, readProxyResult } from "./proxy-result.ts";
import { isBinaryMediaType } from "./request-body.ts";
import type { WireResponse } from "./wire-request.ts";

export interface ConvertedResult {
  readonly response: WireResponse;
  /** Why that is the front's own error instead, which says nothing of it; undefined for a result that was read. */
  readonly malformed: string | undefined;
}

/** Of a result, in `malformed`. */
const EXCERPT_BYTES = 200;
const encoder = new TextEncoder();

/**
 * What AWS answers the client with, given the bytes that the function returned to the invocation.
 * @param binaryMediaTypes of a REST API, which alone has them
 * @param accept the client's header of that name, by which a REST API decides whether to decode base64
 */
export function resultToResponse(
  front: HttpFront,
  payload: Uint8Array,
  binaryMediaTypes: readonly string[] = [],
  accept?: string,
): ConvertedResult {
  const result = readProxyResult(front, payload);
  if (result === undefined) {
    return { response: FRONTS[front].errors["function-failed"], malformed: describeMalformed(payload) };
  }
  const decodes = front !== "api-gateway-v1" || isBinaryMediaType(accept?.split(",", 1)[0], binaryMediaTypes);
  const response = {
    status: result.status,
    headers: wireHeaders(front, result),
    body: result.isBase64Encoded && decodes ? Buffer.from(result.body, "base64") : encoder.encode(result.body),
  };
  return { response, malformed: undefined };
}

function wireHeaders(front: HttpFront, { headers }: ProxyResult): HeaderList {
  const type = FRONTS[front].defaultContentType;
  const hasType = headers.some(([name]) => name.toLowerCase() === "content-type");
  const all: HeaderList = hasType || type === undefined ? headers : [["content-type", type], ...headers];
  return all.map(([name, value]) => [name, toByteString(value)]);
}

function describeMalformed(payload: Uint8Array): string {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  const why = "The function's result is no HTTP response that this front can read";
  if (bytes.includes(Buffer.alloc(8))) return `${why}: it was streamed. Streams go out by function-url-stream.`;
  const excerpt = bytes.toString("utf8", 0, EXCERPT_BYTES);
  return `${why}: ${excerpt}${bytes.length > EXCERPT_BYTES ? "…" : ""}`;
}
