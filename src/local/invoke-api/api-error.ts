import type { ServerResponse } from "node:http";
import * as header from "../../protocol/headers.ts";

/** An answer of the Invoke API that is no invocation's. Bodies as recorded from AWS: `Message` and `message` both occur. */
export interface ApiError {
  readonly kind: "api-error";
  readonly status: number;
  /** The exception's name, for `x-amzn-ErrorType`. */
  readonly code: string;
  readonly body: Readonly<Record<string, string>>;
  readonly retryAfterSeconds?: number;
}

export function functionNotFound(arn: string): ApiError {
  return apiError(404, "ResourceNotFoundException", { Type: "User", Message: `Function not found: ${arn}` });
}

export function invalidParameter(message: string): ApiError {
  return apiError(400, "InvalidParameterValueException", { Type: "User", message });
}

export function invalidContent(message: string): ApiError {
  return apiError(400, "InvalidRequestContentException", { Type: "User", message });
}

export function validation(message: string): ApiError {
  return apiError(400, "ValidationException", { message: `1 validation error detected: ${message}` });
}

export function requestTooLarge(bytes: number, invocationType: string, limit: number): ApiError {
  const message = `${bytes} byte payload is too large for the ${invocationType} invocation type (limit ${limit} bytes)`;
  return apiError(413, "RequestTooLargeException", { Type: "User", message });
}

export function tooManyRequests(): ApiError {
  const body = { Reason: "ReservedFunctionConcurrentInvocationLimitExceeded", Type: "User", message: "Rate Exceeded." };
  return { ...apiError(429, "TooManyRequestsException", body), retryAfterSeconds: 1 };
}

export function serviceException(message: string): ApiError {
  return apiError(500, "ServiceException", { Type: "Service", message });
}

export function accessDenied(message: string): ApiError {
  return apiError(403, "AccessDeniedException", { Message: message });
}

export function unknownOperation(method: string, target: string): ApiError {
  const hint = "Invoke a function with POST /2015-03-31/functions/NAME/invocations";
  return apiError(404, "UnknownOperationException", { Message: `There is no ${method} ${target} here. ${hint}` });
}

function apiError(status: number, code: string, body: Readonly<Record<string, string>>): ApiError {
  return { kind: "api-error", status, code, body };
}

export function sendApiError(response: ServerResponse, error: ApiError, requestId: string): void {
  const body = Buffer.from(JSON.stringify(error.body));
  response.writeHead(error.status, {
    "content-type": "application/json",
    "content-length": body.length,
    [header.AMZN_ERROR_TYPE]: error.code,
    [header.AMZN_REQUEST_ID]: requestId,
    ...(error.retryAfterSeconds !== undefined && { "retry-after": String(error.retryAfterSeconds) }),
  });
  response.end(body);
}
