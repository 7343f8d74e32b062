import type { FrontKind } from "../../src/testing/index.ts";

/** The fronts that answer whole. */
export const FRONTS: readonly FrontKind[] = [
  "function-url",
  "api-gateway-v1",
  "api-gateway-v2",
  "alb",
  "alb-multi-value",
];

interface PlainRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** Nothing of it may be lost on its way: every byte is in its body, and in its headers what clients send as UTF-8. */
export const PLAIN_REQUEST: PlainRequest = {
  method: "PUT",
  headers: {
    host: "shop.localhost",
    "content-type": "application/octet-stream",
    cookie: "a=1; b=2",
    "user-agent": "test",
    "x-custom": Buffer.from("gr\u00fc\u00df").toString("latin1"),
  },
  body: Uint8Array.from({ length: 256 }, (_, index) => index),
};

/** The same in the words of the servers here, which tell what they were sent. */
export const PLAIN_REQUEST_SEEN: Omit<PlainRequest, "body"> & { readonly body: string } = {
  method: "PUT",
  headers: { ...PLAIN_REQUEST.headers, "content-length": "256", "x-forwarded-for": "127.0.0.1" },
  body: Buffer.from(PLAIN_REQUEST.body).toString("base64"),
};
