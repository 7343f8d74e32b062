import { HOP_BY_HOP } from "../../../http/hop-by-hop.ts";
import { type Context, currentContext } from "../../context.ts";
import { lambdaEvent } from "./lambda-event.ts";

/** Where the Lambda Web Adapter puts them too, so that an app which reads them there needs no change. */
const REQUEST_CONTEXT = "x-amzn-request-context";
const LAMBDA_CONTEXT = "x-amzn-lambda-context";
const TRACE_ID = "x-amzn-trace-id";

/**
 * Of a request, all headers together. A load balancer lets 64 KB through, and an authorizer's claims come a second time
 * in the request context; beyond the engine's 16 KB it answers 431 without a word to the app or the log.
 */
export const MAX_HEADER_BYTES = 262_144;

/**
 * What a server gets with a request that came to Lambda's front.
 * @param front the request's URL
 */
export function serverHeaders(request: Request, { host, protocol }: URL): Headers {
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
export function postedEventHeaders(context: Context): Headers {
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
