import { AMZN_REQUEST_ID, AMZN_TRACE_ID } from "../../protocol/headers.ts";
import { MAX_LOAD_BALANCER_BYTES, MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES } from "../../protocol/limits.ts";
import type { HeaderList, HttpFront } from "../http-event.ts";
import {
  FUNCTION_URL_ERRORS,
  HTTP_API_ERRORS,
  LOAD_BALANCER_ERRORS,
  REST_API_ERRORS,
  type FrontErrors,
} from "./front-errors.ts";

/** What stands between HTTP and a function on AWS. `function-url-stream` is a function URL with `RESPONSE_STREAM`. */
export type FrontKind = HttpFront | "function-url-stream";

/** In what the fronts differ, apart from the shapes of their events and results. */
export interface Front {
  /** As its events name it. */
  readonly stage: string;
  /** Of a request's body. */
  readonly maxRequestBytes: number;
  /** Of a function's result, before a response is made of it. */
  readonly maxResultBytes: number;
  /** Of a result that names none. */
  readonly defaultContentType: string | undefined;
  /** On every answer, whatever the function says. */
  readonly ownHeaders: (request: RequestIds) => HeaderList;
  readonly errors: FrontErrors;
}

export interface RequestIds {
  readonly requestId: string;
  readonly traceId: string;
}

const FUNCTION_URL: Front = {
  stage: "$default",
  maxRequestBytes: MAX_REQUEST_BYTES,
  maxResultBytes: MAX_RESPONSE_BYTES,
  defaultContentType: "application/json",
  ownHeaders: requestAndTrace,
  errors: FUNCTION_URL_ERRORS,
};

const LOAD_BALANCER: Front = {
  stage: "$default",
  maxRequestBytes: MAX_LOAD_BALANCER_BYTES,
  maxResultBytes: MAX_LOAD_BALANCER_BYTES,
  defaultContentType: undefined,
  ownHeaders: () => [["server", "awselb/2.0"]],
  errors: LOAD_BALANCER_ERRORS,
};

export const FRONTS: Readonly<Record<FrontKind, Front>> = {
  "function-url": FUNCTION_URL,
  "function-url-stream": FUNCTION_URL,
  "api-gateway-v1": {
    // A REST API always has a named stage; it is no part of the path behind a domain of one's own.
    stage: "prod",
    maxRequestBytes: MAX_REQUEST_BYTES,
    maxResultBytes: MAX_RESPONSE_BYTES,
    defaultContentType: "application/json",
    ownHeaders: requestAndTrace,
    errors: REST_API_ERRORS,
  },
  "api-gateway-v2": {
    stage: "$default",
    maxRequestBytes: MAX_REQUEST_BYTES,
    maxResultBytes: MAX_RESPONSE_BYTES,
    defaultContentType: "application/json",
    ownHeaders: ({ requestId }) => [["apigw-requestid", requestId]],
    errors: HTTP_API_ERRORS,
  },
  alb: LOAD_BALANCER,
  "alb-multi-value": LOAD_BALANCER,
};

export const FRONT_KINDS: readonly FrontKind[] = [
  "function-url",
  "function-url-stream",
  "api-gateway-v1",
  "api-gateway-v2",
  "alb",
  "alb-multi-value",
];

function requestAndTrace({ requestId, traceId }: RequestIds): HeaderList {
  return [
    [AMZN_REQUEST_ID, requestId],
    [AMZN_TRACE_ID, traceId],
  ];
}
