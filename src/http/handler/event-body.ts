import { RequestFault } from "./request-fault.ts";
import type { JsonObject } from "../shape.ts";

const encoder = new TextEncoder();

/**
 * The body's bytes; `undefined` when there are none.
 * @throws RequestFault for a body that is no text, which only an event written by hand has, or not the base64 it claims
 */
export function eventBody(event: JsonObject): Uint8Array<ArrayBuffer> | undefined {
  const { body } = event;
  if (body === undefined || body === null || body === "") return undefined;
  if (typeof body !== "string")
    throw new RequestFault(400, "The event's body is no text. JSON in it has to be a string.");
  const encoded = event["isBase64Encoded"] === true || event["is_base64_encoded"] === true;
  return encoded ? decodeBase64(body) : encoder.encode(body);
}

/** `Buffer` skips what isn't base64, and the body would silently be another. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = Buffer.from(text, "base64");
  const expected = Math.floor(((text.length - padding) * 3) / 4);
  if (bytes.length !== expected) throw new RequestFault(400, "The body is not the base64 that the event says it is.");
  return bytes;
}
