/** Header names of the Lambda APIs, lower case as parsers deliver them. Names are case-insensitive on the wire. */

/** Runtime API, on the answer to `next`. */
export const REQUEST_ID = "lambda-runtime-aws-request-id";
/** Epoch milliseconds, decimal. */
export const DEADLINE_MS = "lambda-runtime-deadline-ms";
export const INVOKED_FUNCTION_ARN = "lambda-runtime-invoked-function-arn";
export const TRACE_ID = "lambda-runtime-trace-id";
/** JSON, no longer base64 here. */
export const CLIENT_CONTEXT = "lambda-runtime-client-context";
/** JSON `{cognitoIdentityId, cognitoIdentityPoolId}`. */
export const COGNITO_IDENTITY = "lambda-runtime-cognito-identity";
export const TENANT_ID = "lambda-runtime-aws-tenant-id";

/** Runtime API, on what the runtime posts. */
export const RESPONSE_MODE = "lambda-runtime-function-response-mode";
/** A header on `error` and `init/error`; a trailer on a streamed response that fails midway. */
export const ERROR_TYPE = "lambda-runtime-function-error-type";
/** On `error` and `init/error`: one line of ASCII JSON, for X-Ray. */
export const XRAY_ERROR_CAUSE = "lambda-runtime-function-xray-error-cause";
/** Trailer only: base64 of the JSON error document. */
export const ERROR_BODY = "lambda-runtime-function-error-body";

/** Extensions API. */
export const EXTENSION_NAME = "lambda-extension-name";
export const EXTENSION_ID = "lambda-extension-identifier";

/** Invoke API, on the request. */
export const INVOCATION_TYPE = "x-amz-invocation-type";
export const LOG_TYPE = "x-amz-log-type";
/** base64 of JSON, at most 3,583 bytes. */
export const AMZ_CLIENT_CONTEXT = "x-amz-client-context";
export const AMZ_TENANT_ID = "x-amz-tenant-id";
export const AMZN_TRACE_ID = "x-amzn-trace-id";

/** Invoke API, on the answer. */
export const FUNCTION_ERROR = "x-amz-function-error";
/** base64 of the last 4 KiB of the invocation's log. */
export const LOG_RESULT = "x-amz-log-result";
export const EXECUTED_VERSION = "x-amz-executed-version";
export const AMZN_REQUEST_ID = "x-amzn-requestid";
export const AMZN_ERROR_TYPE = "x-amzn-errortype";

/** Marks a streamed body that begins with an HTTP prelude (status, headers, cookies, then 8 NUL bytes). */
export const HTTP_INTEGRATION_CONTENT_TYPE = "application/vnd.awslambda.http-integration-response";
export const EVENT_STREAM_CONTENT_TYPE = "application/vnd.amazon.eventstream";
