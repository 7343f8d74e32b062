import type { ServerResponse } from "node:http";
import { HOP_BY_HOP } from "../../http/hop-by-hop.ts";
import type { HeaderList } from "../../http/http-event.ts";
import type { WireResponse } from "../../http/front/wire-request.ts";

/**
 * Answers with a whole response.
 * @throws TypeError for a status or header that HTTP can't carry; nothing is sent then
 */
export function sendWhole(response: ServerResponse, wire: WireResponse): void {
  startAnswer(response, wire.status, wire.headers);
  if (hasNoBody(response)) {
    response.end();
    return;
  }
  response.setHeader("content-length", wire.body.length);
  response.end(wire.body);
}

/**
 * Sets status and headers, ready for a body of unknown length; `flushHeaders` or the first byte sends them.
 * @throws TypeError for a status or header that HTTP can't carry; none is set then
 */
export function startAnswer(response: ServerResponse, status: number, headers: HeaderList): void {
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new TypeError(`There is no HTTP status ${status}.`);
  try {
    for (const [name, value] of headers) if (isCarried(response, name)) response.appendHeader(name, value);
  } catch (error) {
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    throw error;
  }
  response.statusCode = status;
}

/** A body may be there all the same; HTTP drops it. */
export function hasNoBody(response: ServerResponse): boolean {
  return response.req.method === "HEAD" || response.statusCode === 204 || response.statusCode === 304;
}

function isCarried(response: ServerResponse, name: string): boolean {
  const lower = name.toLowerCase();
  // The body's real length is known here; only the answer to HEAD has none to measure.
  if (lower === "content-length") return response.req.method === "HEAD";
  return !HOP_BY_HOP.has(lower);
}
