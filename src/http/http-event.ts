/**
 * The shapes in which AWS hands an HTTP request to a function. `api-gateway-v2` is payload format 2.0, of HTTP APIs
 * and function URLs alike; `alb-multi-value` is a target group with multi-value headers on; VPC Lattice has an event
 * structure of its first version and one of its second.
 */
export type HttpEventKind =
  | "api-gateway-v1"
  | "api-gateway-v2"
  | "alb"
  | "alb-multi-value"
  | "websocket"
  | "vpc-lattice"
  | "vpc-lattice-v2";

/** What stands between a client and the function and converts HTTP to events and results to HTTP. */
export type HttpFront = "function-url" | "api-gateway-v1" | "api-gateway-v2" | "alb" | "alb-multi-value";

/** Header fields in the order they were sent, duplicates as they were. */
export type HeaderList = readonly (readonly [name: string, value: string])[];
