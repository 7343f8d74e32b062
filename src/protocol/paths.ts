/**
 * Every path of the Runtime API, the Extensions API and the Invoke API.
 * Source: AWS Lambda Developer Guide, "Using the Lambda runtime API" and "Lambda Extensions API".
 */

export const RUNTIME_API_VERSION = "2018-06-01";
export const EXTENSIONS_API_VERSION = "2020-01-01";
export const INVOKE_API_VERSION = "2015-03-31";
/** `InvokeWithResponseStream` lives under another date than `Invoke`. */
export const INVOKE_STREAM_API_VERSION = "2021-11-15";

const invocation = `/${RUNTIME_API_VERSION}/runtime/invocation`;

export const NEXT_PATH: string = `${invocation}/next`;
export const INIT_ERROR_PATH: string = `/${RUNTIME_API_VERSION}/runtime/init/error`;
export const EXTENSION_REGISTER_PATH: string = `/${EXTENSIONS_API_VERSION}/extension/register`;
export const EXTENSION_NEXT_PATH: string = `/${EXTENSIONS_API_VERSION}/extension/event/next`;

export function responsePath(requestId: string): string {
  return `${invocation}/${encodeURIComponent(requestId)}/response`;
}

export function errorPath(requestId: string): string {
  return `${invocation}/${encodeURIComponent(requestId)}/error`;
}

export function invokePath(functionName: string): string {
  return `/${INVOKE_API_VERSION}/functions/${encodeURIComponent(functionName)}/invocations`;
}

export function invokeStreamPath(functionName: string): string {
  return `/${INVOKE_STREAM_API_VERSION}/functions/${encodeURIComponent(functionName)}/response-streaming-invocations`;
}

/** What a runtime asks of the Runtime API or the Extensions API, by method and path. */
export type RuntimeRoute =
  | { readonly kind: "next" }
  | { readonly kind: "response"; readonly requestId: string }
  | { readonly kind: "error"; readonly requestId: string }
  | { readonly kind: "init-error" }
  | { readonly kind: "extension-register" }
  | { readonly kind: "extension-next" }
  | { readonly kind: "unknown" };

const INVOCATION_ROUTE = new RegExp(`^${invocation}/([^/]+)/(response|error)$`);

/** Reads a request line sent to the Runtime API. The query, if any, plays no part. */
export function parseRuntimeRoute(method: string, target: string): RuntimeRoute {
  const path = target.split("?", 1)[0] ?? "";
  if (method === "GET" && path === NEXT_PATH) return { kind: "next" };
  if (method === "GET" && path === EXTENSION_NEXT_PATH) return { kind: "extension-next" };
  if (method !== "POST") return { kind: "unknown" };
  if (path === INIT_ERROR_PATH) return { kind: "init-error" };
  if (path === EXTENSION_REGISTER_PATH) return { kind: "extension-register" };
  const match = INVOCATION_ROUTE.exec(path);
  const requestId = decodeSegment(match?.[1]);
  if (requestId === undefined) return { kind: "unknown" };
  return { kind: match?.[2] === "response" ? "response" : "error", requestId };
}

/** What a caller asks of the Invoke API. `functionName` is decoded but not yet resolved. */
export type InvokeRoute =
  | { readonly kind: "invoke"; readonly functionName: string; readonly qualifier: string | undefined }
  | { readonly kind: "invoke-stream"; readonly functionName: string; readonly qualifier: string | undefined }
  | { readonly kind: "unknown" };

const INVOKE_ROUTE = new RegExp(`^/${INVOKE_API_VERSION}/functions/([^/]+)/invocations/?$`);
const INVOKE_STREAM_ROUTE = new RegExp(
  `^/${INVOKE_STREAM_API_VERSION}/functions/([^/]+)/response-streaming-invocations/?$`,
);

export function parseInvokeRoute(method: string, target: string): InvokeRoute {
  if (method !== "POST") return { kind: "unknown" };
  const [path = "", query = ""] = target.split("?", 2);
  const qualifier = new URLSearchParams(query).get("Qualifier") ?? undefined;
  const invoke = decodeSegment(INVOKE_ROUTE.exec(path)?.[1]);
  if (invoke !== undefined) return { kind: "invoke", functionName: invoke, qualifier };
  const stream = decodeSegment(INVOKE_STREAM_ROUTE.exec(path)?.[1]);
  if (stream !== undefined) return { kind: "invoke-stream", functionName: stream, qualifier };
  return { kind: "unknown" };
}

function decodeSegment(segment: string | undefined): string | undefined {
  if (segment === undefined) return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    // A malformed percent-escape names nothing: the caller answers "unknown route".
    return undefined;
  }
}
