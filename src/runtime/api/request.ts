import { VERSION } from "../../version.ts";
import type { RuntimeApiAddress } from "./address.ts";

/** From the last byte of a post to its answer, which the platform gives within milliseconds. */
export const REPLY_WITHIN_MS = 10_000;

const encoder = new TextEncoder();

/**
 * A request to the Runtime API. Head and body are in one buffer, so that a usual answer leaves in one packet. Without
 * `body` it is the head alone.
 */
export function formatRequest(
  address: RuntimeApiAddress,
  method: "GET" | "POST",
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: Uint8Array,
): Uint8Array {
  let head = `${method} ${address.prefix}${path} HTTP/1.1\r\nhost: ${address.authority}\r\nuser-agent: mayfly/${VERSION}\r\n`;
  for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
  if (body === undefined) return encoder.encode(`${head}\r\n`);
  const start = encoder.encode(`${head}content-length: ${body.length}\r\n\r\n`);
  const request = new Uint8Array(start.length + body.length);
  request.set(start);
  request.set(body, start.length);
  return request;
}
