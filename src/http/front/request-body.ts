import { headerOf, type WireRequest } from "./wire-request.ts";

export interface EventBody {
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/**
 * HTTP APIs, function URLs and load balancers hand on as text what has one of these types and nothing else: a form
 * is base64, and so is a body without a type.
 */
const PLAIN_TYPE = /^\s*(?:text\/[^;]+|application\/(?:json|xml|javascript))\s*(?:;|$)/i;

export function bodyByContentType(request: WireRequest): EventBody {
  return asBody(request.body, PLAIN_TYPE.test(headerOf(request, "content-type") ?? ""));
}

/** Load balancers besides encode what is compressed. */
export function bodyForLoadBalancer(request: WireRequest): EventBody {
  const isPlain = PLAIN_TYPE.test(headerOf(request, "content-type") ?? "");
  return asBody(request.body, isPlain && headerOf(request, "content-encoding") === undefined);
}

/** REST APIs take as bytes only what they are told to; the rest is read as text, whatever it is. */
export function bodyByMediaTypes(request: WireRequest, binaryMediaTypes: readonly string[]): EventBody {
  return asBody(request.body, !isBinaryMediaType(headerOf(request, "content-type"), binaryMediaTypes));
}

export function isBinaryMediaType(contentType: string | undefined, binaryMediaTypes: readonly string[]): boolean {
  if (binaryMediaTypes.includes("*/*")) return true;
  const type = (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return binaryMediaTypes.some(
    (media) => media === type || (media.endsWith("/*") && type.startsWith(media.slice(0, -1))),
  );
}

function asBody(bytes: Uint8Array, isText: boolean): EventBody {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return isText || bytes.length === 0
    ? { body: buffer.toString("utf8"), isBase64Encoded: false }
    : { body: buffer.toString("base64"), isBase64Encoded: true };
}
