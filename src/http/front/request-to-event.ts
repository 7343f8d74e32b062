import { formatAlbEvent } from "./alb-event.ts";
import type { HeaderList, HttpFront } from "../http-event.ts";
import { formatHttpApiEvent } from "./http-api-event.ts";
import { formatRestApiEvent } from "./rest-api-event.ts";

/** A request as it came over the wire. Header values are byte strings: each character one byte. */
export interface WireRequest {
  readonly method: string;
  /** Path and query as on the request line, undecoded: `/a%20b?x=1`. */
  readonly target: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  readonly sourceIp: string;
  /** `HTTP/1.1` */
  readonly protocol: string;
  /** `http` or `https`, for `x-forwarded-proto`. */
  readonly scheme: "http" | "https";
  /** Of the client's connection, for `x-forwarded-port`. */
  readonly port: number;
  readonly requestId: string;
  readonly receivedAt: Date;
}

/** What the front stands for, where the event shows it. */
export interface FrontIdentity {
  /** `123456789012` */
  readonly accountId: string;
  /** API or URL id, as in `abcdefghij.execute-api.us-east-1.amazonaws.com`. */
  readonly apiId: string;
  readonly region: string;
  /** `$default` for HTTP APIs and function URLs, else as in `prod`. */
  readonly stage: string;
  /** Media types that a REST API takes and gives as bytes; AWS's own default is none. `*\/*` is all. */
  readonly binaryMediaTypes: readonly string[];
}

/**
 * The event that AWS makes of a request. The body is text or base64 by the rules of each front.
 * Source: the guides of API Gateway, Lambda and Elastic Load Balancing on their events.
 */
export function requestToEvent(front: HttpFront, request: WireRequest, identity: FrontIdentity): unknown {
  switch (front) {
    case "function-url":
    case "api-gateway-v2":
      return formatHttpApiEvent(front, request, identity);
    case "api-gateway-v1":
      return formatRestApiEvent(request, identity);
    case "alb":
    case "alb-multi-value":
      return formatAlbEvent(front, request, identity);
    default:
      return front satisfies never;
  }
}
