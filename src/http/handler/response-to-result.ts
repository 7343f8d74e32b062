import { formatResult } from "./format-result.ts";
import type { HttpEventKind } from "../http-event.ts";
import { readAll, readUpTo } from "./response-body.ts";
import { responseHeaders } from "./response-headers.ts";
import { encodeBody } from "./result-body.ts";
import { maxResultBytes } from "./result-limits.ts";
import { guessType } from "./text-type.ts";

/** The JSON of a result, and what was wrong with the response it was made of, if anything. */
export interface HttpResult {
  readonly json: Uint8Array;
  /** The client got a 413 in its place. */
  readonly problem?: string;
}

const encoder = new TextEncoder();
const NO_BYTES = new Uint8Array(0);

/**
 * A response in the shape that the caller behind this kind of event reads. Reads the body to its end, except that of
 * an answer to HEAD, and answers 413 in place of what the caller couldn't take.
 */
export async function responseToResult(response: Response, kind: HttpEventKind, method: string): Promise<HttpResult> {
  const limit = maxResultBytes(kind);
  const { headers, cookies } = responseHeaders(response);
  const stated = headers["content-type"] ?? "";
  const bytes =
    method === "HEAD"
      ? await discard(response)
      : mayNeverEnd(response, stated)
        ? await readUpTo(limit, response)
        : await readAll(response);
  if (bytes === undefined) return tooLarge(kind, `more than ${limit}`, limit);
  const contentType = stated === "" && bytes.length > 0 ? guessType(bytes) : stated;
  if (contentType !== "") headers["content-type"] = contentType;
  const encoded = encodeBody(bytes, contentType, headers["content-encoding"] ?? "");
  const result = formatResult(kind, response.status, { headers, cookies }, encoded);
  const json = encoder.encode(JSON.stringify(result));
  return json.length > limit ? tooLarge(kind, String(json.length), limit) : { json };
}

/** What came from a server, which only such a response has a URL for, arrives in pieces anyway: to count them is free. */
function mayNeverEnd(response: Response, contentType: string): boolean {
  return response.url !== "" || contentType.startsWith("text/event-stream");
}

async function discard(response: Response): Promise<Uint8Array> {
  await response.body?.cancel();
  return NO_BYTES;
}

function tooLarge(kind: HttpEventKind, bytes: string, limit: number): HttpResult {
  const problem = `Payload too large: the response has ${bytes} bytes as Lambda sends it, and the caller takes at most ${limit}.`;
  const headers = { headers: { "content-type": "text/plain; charset=utf-8" }, cookies: [] };
  const body = { body: `${problem}\n`, isBase64Encoded: false };
  return { json: encoder.encode(JSON.stringify(formatResult(kind, 413, headers, body))), problem };
}
