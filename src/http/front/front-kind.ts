import type { HttpFront } from "../http-event.ts";

/** What stands between HTTP and a function on AWS. `function-url-stream` is a function URL with `RESPONSE_STREAM`. */
export type FrontKind = HttpFront | "function-url-stream";

export const FRONT_KINDS: readonly FrontKind[] = [
  "function-url",
  "function-url-stream",
  "api-gateway-v1",
  "api-gateway-v2",
  "alb",
  "alb-multi-value",
];
