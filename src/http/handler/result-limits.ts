import { MAX_RESPONSE_BYTES } from "../../protocol/limits.ts";
import type { HttpEventKind } from "../http-event.ts";

/** Elastic Load Balancing's own, for the JSON of the result. Source: its guide, "Lambda functions as targets". */
const MAX_ALB_RESULT_BYTES = 1_048_576;

/** Bytes of a result's JSON, base64 and all, that the caller takes. */
export function maxResultBytes(kind: HttpEventKind): number {
  return kind === "alb" || kind === "alb-multi-value" ? MAX_ALB_RESULT_BYTES : MAX_RESPONSE_BYTES;
}
