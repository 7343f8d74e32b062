import type { IncomingMessage } from "node:http";
import * as header from "../../protocol/headers.ts";
import { MAX_RESPONSE_BYTES, MAX_STREAMED_BYTES } from "../../protocol/limits.ts";
import { invalidResponseMode, reported, responseTooLarge, truncatedResponse } from "../function-errors.ts";
import { readBody } from "../server/read-body.ts";
import { refused, type AnswerClaim, type Refusal, type Session } from "./session.ts";

/**
 * A process that dies while it answers closes its connection a moment before its end is known.
 * Its end says more than the cut connection, so it gets this long to be the answer.
 */
const EXIT_IS_BETTER_NEWS_MS = 100;

/** Takes what the runtime posts to `response`: buffered, or streamed on to the caller as it comes. */
export async function receiveResponse(
  session: Session,
  requestId: string,
  request: IncomingMessage,
): Promise<Refusal | undefined> {
  const claim = session.claim(requestId);
  if (claim.kind === "refused") return claim;
  const mode = request.headers[header.RESPONSE_MODE];
  if (mode === undefined || mode === "") return receiveBuffered(claim, request);
  if (mode === "streaming") return receiveStreamed(claim, request);
  claim.invocation.fail(invalidResponseMode());
  return claim.complete() ?? refused(400, "InvalidFunctionResponseMode", "Invalid function response mode");
}

async function receiveBuffered(claim: AnswerClaim, request: IncomingMessage): Promise<Refusal | undefined> {
  const body = await readBody(request, MAX_RESPONSE_BYTES);
  switch (body.kind) {
    case "complete": {
      if (claim.invocation.outcome === undefined) {
        claim.invocation.sink.start?.({ contentType: contentType(request), streamed: false });
        await claim.invocation.sink.write(body.bytes);
      }
      const late = claim.complete();
      if (late === undefined) claim.invocation.answer({ kind: "success", contentType: contentType(request) });
      return late;
    }
    case "too-large":
      return refuseTooLarge(claim, MAX_RESPONSE_BYTES);
    case "truncated":
      return truncated(claim);
  }
}

async function receiveStreamed(claim: AnswerClaim, request: IncomingMessage): Promise<Refusal | undefined> {
  const { invocation } = claim;
  let bytes = 0;
  if (invocation.outcome === undefined) invocation.sink.start?.({ contentType: contentType(request), streamed: true });
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) continue;
      bytes += chunk.length;
      if (bytes > MAX_STREAMED_BYTES) {
        request.resume();
        return refuseTooLarge(claim, MAX_STREAMED_BYTES);
      }
      if (invocation.outcome === undefined) await invocation.sink.write(chunk);
    }
  } catch {
    // The iteration throws when the connection breaks; `complete` below says the same on every engine.
    return truncated(claim);
  }
  if (!request.complete) return truncated(claim);
  const late = claim.complete();
  if (late !== undefined) return late;
  const errorType = request.trailers[header.ERROR_TYPE];
  const errorBody = request.trailers[header.ERROR_BODY];
  if (errorType === undefined && errorBody === undefined) {
    invocation.answer({ kind: "success", contentType: contentType(request) });
    return undefined;
  }
  const isBase64 = BASE64.test(errorBody ?? "");
  invocation.fail(reported(errorType, Buffer.from(isBase64 ? (errorBody ?? "") : "", "base64")));
  return isBase64 ? undefined : refused(400, "InvalidErrorBody", `The trailer ${header.ERROR_BODY} is not base64`);
}

/** With its padding: a part of one would be an error document cut short. */
const BASE64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

function refuseTooLarge(claim: AnswerClaim, limit: number): Refusal {
  claim.invocation.fail(responseTooLarge(limit));
  return claim.complete() ?? tooLarge(limit);
}

/** What a runtime is told that posts more than `limit` bytes. */
export function tooLarge(limit: number): Refusal {
  return refused(413, "RequestEntityTooLarge", `Exceeded maximum allowed payload size (${limit} bytes).`);
}

async function truncated(claim: AnswerClaim): Promise<Refusal> {
  await Promise.race([
    claim.invocation.answered,
    new Promise((resolve) => {
      setTimeout(resolve, EXIT_IS_BETTER_NEWS_MS);
    }),
  ]);
  claim.invocation.fail(truncatedResponse());
  return claim.complete() ?? refused(400, "TruncatedHTTPRequest", "The request ended before its body was complete");
}

function contentType(request: IncomingMessage): string {
  return request.headers["content-type"] ?? "application/json";
}
