import type { IncomingMessage } from "node:http";
import * as header from "../../protocol/headers.ts";
import { MAX_ASYNC_REQUEST_BYTES, MAX_CLIENT_CONTEXT_BASE64_BYTES, MAX_REQUEST_BYTES } from "../../protocol/limits.ts";
import { invalidContent, requestTooLarge, validation, type ApiError } from "./api-error.ts";
import { readBody } from "../server/read-body.ts";
import { newTraceId } from "../trace-id.ts";
import { isFields } from "../../support/read-field.ts";
import { messageOf } from "../../support/system-error.ts";

/** What a caller's HTTP request asks for, apart from the function. */
export interface InvokeOrder {
  readonly kind: "order";
  readonly invocationType: InvocationType;
  readonly wantsTail: boolean;
  readonly payload: Buffer;
  readonly traceId: string;
  readonly clientContext?: unknown;
  readonly tenantId?: string;
}

type InvocationType = "RequestResponse" | "Event" | "DryRun";

const INVOKE_TYPES: readonly InvocationType[] = ["Event", "RequestResponse", "DryRun"];
const STREAM_TYPES: readonly InvocationType[] = ["RequestResponse", "DryRun"];
const LOG_TYPES: readonly string[] = ["None", "Tail"];

/** Reads and checks the request, its body too. */
export async function parseOrder(request: IncomingMessage, streaming: boolean): Promise<InvokeOrder | ApiError> {
  const types = streaming ? STREAM_TYPES : INVOKE_TYPES;
  const typeText = single(request, header.INVOCATION_TYPE) ?? "RequestResponse";
  const invocationType = types.find((type) => type === typeText);
  if (invocationType === undefined) return notOneOf(typeText, "invocationType", types);
  const logType = single(request, header.LOG_TYPE) ?? "None";
  if (!LOG_TYPES.includes(logType)) return notOneOf(logType, "logType", LOG_TYPES);

  const context = parseClientContext(single(request, header.AMZ_CLIENT_CONTEXT));
  if (context.kind === "api-error") return context;
  const tenantId = single(request, header.AMZ_TENANT_ID);
  if (tenantId !== undefined && !/^[a-zA-Z0-9._:/=+\-@ ]{1,256}$/.test(tenantId)) {
    return validation(
      `Value '${tenantId}' at 'tenantId' failed to satisfy constraint: 1 to 256 letters, digits and ._:/=+-@`,
    );
  }

  const limit = invocationType === "Event" ? MAX_ASYNC_REQUEST_BYTES : MAX_REQUEST_BYTES;
  const body = await readBody(request, limit);
  if (body.kind === "too-large") return requestTooLarge(body.bytes, invocationType, limit);
  if (body.kind === "truncated") return invalidContent("The request ended before its body was complete.");
  const payload = checkPayload(body.bytes);
  if (payload.kind === "api-error") return payload;

  return {
    kind: "order",
    invocationType,
    wantsTail: logType === "Tail" && invocationType === "RequestResponse",
    payload: payload.bytes,
    traceId: single(request, header.AMZN_TRACE_ID) ?? newTraceId(),
    ...(context.value !== undefined && { clientContext: context.value }),
    ...(tenantId !== undefined && { tenantId }),
  };
}

function parseClientContext(
  text: string | undefined,
): { readonly kind: "context"; readonly value: unknown } | ApiError {
  if (text === undefined || text === "") return { kind: "context", value: undefined };
  if (text.length > MAX_CLIENT_CONTEXT_BASE64_BYTES) {
    const message = `Client context must be no more than ${MAX_CLIENT_CONTEXT_BASE64_BYTES} bytes of Base64, not ${text.length}.`;
    return invalidContent(message);
  }
  const invalid = invalidContent("Client context must be a valid Base64-encoded JSON object.");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return invalid;
  const value = parseJson(Buffer.from(text, "base64"));
  return value.kind === "json" && isFields(value.value) ? { kind: "context", value: value.value } : invalid;
}

/** Without a body the function gets an empty object. */
function checkPayload(bytes: Buffer): { readonly kind: "payload"; readonly bytes: Buffer } | ApiError {
  if (bytes.length === 0) return { kind: "payload", bytes: Buffer.from("{}") };
  const parsed = parseJson(bytes);
  if (parsed.kind === "json") return { kind: "payload", bytes };
  return invalidContent(`Could not parse request body into json: ${parsed.problem}`);
}

type ParsedJson =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "invalid"; readonly problem: string };

function parseJson(bytes: Buffer): ParsedJson {
  try {
    return { kind: "json", value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) };
  } catch (error) {
    return { kind: "invalid", problem: messageOf(error) };
  }
}

function notOneOf(value: string, member: string, allowed: readonly string[]): ApiError {
  const constraint = `Member must satisfy enum value set: [${allowed.join(", ")}]`;
  return validation(`Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`);
}

function single(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
