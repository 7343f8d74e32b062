import { RequestFault } from "./request-fault.ts";
import { type JsonObject, textAt } from "./shape.ts";

const encoder = new TextEncoder();

/** The body's bytes; `undefined` when there are none. */
export function eventBody(event: JsonObject): Uint8Array<ArrayBuffer> | undefined {
  const body = textAt(event, "body");
  if (body === undefined || body === "") return undefined;
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
