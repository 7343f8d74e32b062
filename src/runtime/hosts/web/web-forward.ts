import { HOP_BY_HOP } from "../../../http/hop-by-hop.ts";
import { type Context, currentContext } from "../../context.ts";
import { lambdaEvent } from "../http/lambda-event.ts";

/** Where the Lambda Web Adapter puts them too, so that an app which reads them there needs no change. */
const REQUEST_CONTEXT = "x-amzn-request-context";
const LAMBDA_CONTEXT = "x-amzn-lambda-context";
const TRACE_ID = "x-amzn-trace-id";

/** What may be sent once more when a kept connection turns out to be dead. Source: RFC 9110, section 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/**
 * Of a request, all headers together. A load balancer lets 64 KB through, and an authorizer's claims come a second time
 * in the request context; beyond the engine's 16 KB it answers 431 without a word to the app or the log.
 */
export const MAX_HEADER_BYTES = 262_144;

/**
 * To the server it is the request that came to Lambda's front: same method, path, headers and body.
 *
 * A process that was frozen meets connections which the server has closed meanwhile: only requests that can be sent
 * again are sent on a kept one, and are then sent again.
 * @param origin `http://127.0.0.1:8080`
 */
export async function forward(request: Request, origin: string): Promise<Response> {
  const front = new URL(request.url);
  const url = `${origin}${front.pathname}${front.search}`;
  const { signal } = request;
  const options: BunFetchRequestInit = {
    method: request.method,
    headers: forwardedHeaders(request, front),
    redirect: "manual",
    signal,
    // What the server compressed goes out as it is.
    decompress: false,
    // The invocation has its own deadline.
    timeout: false,
  };
  if (request.body !== null) options.body = await request.arrayBuffer();
  if (IDEMPOTENT.has(request.method)) {
    try {
      return await fetch(url, { ...options, keepalive: true });
    } catch (error) {
      if (signal.aborted || isRefused(error)) throw error;
      // The connection may have been dead before the request was sent: once more, on one of its own.
    }
  }
  return fetch(url, { ...options, keepalive: false });
}

/** Nobody listens there. */
export function isRefused(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ConnectionRefused";
}

/** @param front the request's URL */
export function forwardedHeaders(request: Request, { host, protocol }: URL): Headers {
  const headers = new Headers(request.headers);
  for (const name of HOP_BY_HOP) headers.delete(name);
  // A body that GET came with is not sent on.
  headers.delete("content-length");
  if (!headers.has("host")) headers.set("host", host);
  if (!headers.has("x-forwarded-proto")) headers.set("x-forwarded-proto", protocol.slice(0, -1));
  setOrDelete(headers, REQUEST_CONTEXT, lambdaEvent(request)?.requestContext);
  const context = currentContext();
  setOrDelete(headers, LAMBDA_CONTEXT, context && describeContext(context));
  if (context?.xRayTraceId !== undefined) headers.set(TRACE_ID, context.xRayTraceId);
  return headers;
}

/** What a server gets with an event that is posted to it. */
export function eventHeaders(context: Context): Headers {
  const headers = new Headers({ "content-type": "application/json" });
  setOrDelete(headers, LAMBDA_CONTEXT, describeContext(context));
  if (context.xRayTraceId !== undefined) headers.set(TRACE_ID, context.xRayTraceId);
  return headers;
}

/** Under the names of AWS's Rust runtime, which is what the Lambda Web Adapter sends. Absent fields are `null`. */
function describeContext(context: Context): unknown {
  return {
    request_id: context.awsRequestId,
    deadline: context.deadline.getTime(),
    invoked_function_arn: context.invokedFunctionArn,
    xray_trace_id: context.xRayTraceId ?? null,
    client_context: context.clientContext ?? null,
    identity: context.identity ?? null,
    tenant_id: context.tenantId ?? null,
    env_config: {
      function_name: context.functionName,
      memory: Number(context.memoryLimitInMB),
      version: context.functionVersion,
      log_stream: context.logStreamName,
      log_group: context.logGroupName,
    },
  };
}

/** As JSON in ASCII, which a header can carry. A client can't set it: what it sent under this name is gone. */
function setOrDelete(headers: Headers, name: string, value: unknown): void {
  headers.delete(name);
  if (value === undefined) return;
  const json = JSON.stringify(value);
  headers.set(
    name,
    json.replaceAll(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}
