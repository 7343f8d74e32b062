/**
 * Reads the paths that paths.ts writes: for the sides that answer. Apart, because its regular expressions are made when it
 * is loaded, which the runtime has no use for.
 */
import {
  EXTENSION_NEXT_PATH,
  EXTENSION_REGISTER_PATH,
  INIT_ERROR_PATH,
  INVOKE_API_VERSION,
  INVOKE_STREAM_API_VERSION,
  NEXT_PATH,
  RUNTIME_API_VERSION,
} from "./paths.ts";

/** What a runtime asks of the Runtime API or the Extensions API, by method and path. */
export type RuntimeRoute =
  | { readonly kind: "next" }
  | { readonly kind: "response"; readonly requestId: string }
  | { readonly kind: "error"; readonly requestId: string }
  | { readonly kind: "init-error" }
  | { readonly kind: "extension-register" }
  | { readonly kind: "extension-next" }
  | { readonly kind: "unknown" };

const INVOCATION_ROUTE = new RegExp(`^/${RUNTIME_API_VERSION}/runtime/invocation/([^/]+)/(response|error)$`);

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
