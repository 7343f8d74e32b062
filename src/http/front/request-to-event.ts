import { formatAlbEvent } from "./alb-event.ts";
import type { HttpFront } from "../http-event.ts";
import { formatHttpApiEvent } from "./http-api-event.ts";
import { formatRestApiEvent } from "./rest-api-event.ts";
import type { FrontIdentity, WireRequest } from "./wire-request.ts";

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
