import type { HttpEventKind } from "../../../http/http-event.ts";
import { formatPrelude } from "../../../http/prelude.ts";
import { responseHeaders } from "../../../http/handler/response-headers.ts";
import { guessType } from "../../../http/handler/text-type.ts";
import { type JsonObject, objectAt, textAt } from "../../../http/shape.ts";
import { HTTP_INTEGRATION_CONTENT_TYPE } from "../../../protocol/headers.ts";
import { describeError } from "../../describe-error.ts";
import type { Deadline } from "../../deadline.ts";
import type { HandlerOutcome } from "../../outcome.ts";

/**
 * Whether the front that sent this event can stream. The event doesn't tell whether it does: a function URL sends the
 * same one in both of its invoke modes, and each mode garbles what is meant for the other. So the function says it, and
 * only function URLs and REST APIs are believed, since the other fronts can't.
 */
export function canStream(kind: HttpEventKind, event: JsonObject): boolean {
  if (kind === "api-gateway-v1") return true;
  const domain = textAt(objectAt(event, "requestContext"), "domainName") ?? "";
  return kind === "api-gateway-v2" && domain.includes(".lambda-url.");
}

/** Status and headers leave at once, each piece of the body when it exists. Rejects if the body breaks before them. */
export async function streamResponse(
  response: Response,
  method: string,
  deadline: Deadline,
): Promise<HandlerOutcome & { readonly kind: "stream" }> {
  const { headers, cookies } = responseHeaders(response);
  const reader = response.body?.getReader();
  const giveUp = (reason: unknown): void => {
    reader?.cancel(reason).catch((error: unknown) => console.error("Closing the response stream failed:", error));
  };
  if (method === "HEAD") giveUp(new Error("The answer to HEAD has no body"));
  let ahead: Uint8Array | undefined;
  if (headers["content-type"] === undefined && method !== "HEAD") {
    const step = await reader?.read();
    if (step?.done === false) {
      ahead = step.value;
      headers["content-type"] = guessType(ahead);
    }
  }
  return {
    kind: "stream",
    first: formatPrelude({ statusCode: response.status, headers, cookies }),
    source: {
      contentType: HTTP_INTEGRATION_CONTENT_TYPE,
      next: async () => {
        if (ahead !== undefined) {
          const value = ahead;
          ahead = undefined;
          return { done: false, value };
        }
        const step = await reader?.read();
        if (step?.done === false) return { done: false, value: step.value };
        deadline.end();
        return { done: true, value: undefined };
      },
      cancel: (reason) => {
        deadline.abort(reason);
        giveUp(reason);
      },
      describe: (thrown) => {
        deadline.end();
        return describeError(thrown);
      },
    },
  };
}
