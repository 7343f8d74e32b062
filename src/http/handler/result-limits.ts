import { MAX_LOAD_BALANCER_BYTES, MAX_RESPONSE_BYTES } from "../../protocol/limits.ts";
import type { HttpEventKind } from "../http-event.ts";

/** Bytes of a result's JSON, base64 and all, that the caller takes. */
export function maxResultBytes(kind: HttpEventKind): number {
  return kind === "alb" || kind === "alb-multi-value" ? MAX_LOAD_BALANCER_BYTES : MAX_RESPONSE_BYTES;
}
