import * as header from "../../protocol/headers.ts";
import { type InvocationMetadata, parseInvocation } from "../../protocol/invocation.ts";
import type { Exchange } from "./connection.ts";
import type { ResponseHead } from "./http1.ts";

export type Next =
  | { readonly kind: "invocation"; readonly metadata: InvocationMetadata; readonly event: Uint8Array }
  /** The platform gave out an invocation that did not arrive whole: it must be answered with an error. */
  | { readonly kind: "unreadable"; readonly requestId: string; readonly problem: string }
  /** No further invocation can be had: the process has to end. */
  | { readonly kind: "ended"; readonly reason: string };

export type Delivery =
  | { readonly kind: "accepted" }
  /** The platform has settled this invocation itself (too large, timed out, unknown): posting again is forbidden. */
  | { readonly kind: "refused"; readonly reason: string }
  /**
   * Nobody can know whether the answer arrived, or the platform has failed. A second try could answer twice, going
   * on could leave the caller without answer; ending the process makes the platform settle it.
   */
  | { readonly kind: "lost"; readonly reason: string };

/** What the answer to `next` gave. */
export function readNext(head: ResponseHead, event: Uint8Array): Next {
  if (head.status !== 200) {
    return {
      kind: "ended",
      reason: `the Runtime API answered ${head.status} when asked for the next invocation: ${text(event)}`,
    };
  }
  const parsed = parseInvocation((name) => head.headers.get(name));
  if (parsed.kind === "invocation") return { kind: "invocation", metadata: parsed.metadata, event };
  if (parsed.requestId === undefined)
    return { kind: "ended", reason: `an invocation arrived that can't be answered: ${parsed.problem}` };
  return { kind: "unreadable", requestId: parsed.requestId, problem: parsed.problem };
}

/** What an answer to `next` that broke off still tells. */
export function unfinishedNext(exchange: Exchange & { kind: "dropped" }): Next {
  const { received, error } = exchange;
  const requestId = received.kind === "partial-body" ? received.head.headers.get(header.REQUEST_ID) : undefined;
  if (requestId) {
    return {
      kind: "unreadable",
      requestId,
      problem: `the connection ended before the whole event was in (${error.message})`,
    };
  }
  return {
    kind: "ended",
    reason: `the connection ended in the middle of an invocation that can't be told (${error.message})`,
  };
}

/** What became of a post. */
export function readDelivery(exchange: Exchange): Delivery {
  if (exchange.kind !== "response") return { kind: "lost", reason: exchange.error.message };
  const { status, body } = exchange.response;
  if (status >= 200 && status < 300) return { kind: "accepted" };
  const reason = `the Runtime API answered ${status}: ${text(body)}`;
  return { kind: status >= 500 ? "lost" : "refused", reason };
}

function text(body: Uint8Array): string {
  return new TextDecoder().decode(body.subarray(0, 500));
}
