import type { WireResponse } from "./wire-request.ts";

/** Why a front answers by itself. `function-failed` is also for a result that it can't read: the client learns no more. */
export type FrontProblem = "forbidden" | "request-too-large" | "throttled" | "function-failed";

/** As the fronts of Lambda word it. Source: responses recorded from AWS; see "HTTP" in docs/local-lambda.md. */
export type FrontErrors = Readonly<Record<FrontProblem, WireResponse>>;

export const FUNCTION_URL_ERRORS: FrontErrors = {
  forbidden: json(403, { Message: "Forbidden" }, "AccessDeniedException"),
  "request-too-large": json(413, { message: "Request Entity Too Large" }, "RequestEntityTooLargeException"),
  throttled: json(
    429,
    { Reason: "ReservedFunctionConcurrentInvocationLimitExceeded", Type: "User", message: "Rate Exceeded." },
    "TooManyRequestsException",
  ),
  "function-failed": text(502, "Internal Server Error"),
};

export const REST_API_ERRORS: FrontErrors = {
  forbidden: text(403, '{"message": "Forbidden"}', "ForbiddenException"),
  "request-too-large": text(413, '{"message": "Request Too Long"}', "RequestTooLargeException"),
  throttled: text(500, '{"message": "Internal server error"}', "InternalServerErrorException"),
  "function-failed": text(502, '{"message": "Internal server error"}'),
};

export const HTTP_API_ERRORS: FrontErrors = {
  forbidden: json(403, { message: "Forbidden" }),
  "request-too-large": json(413, { message: "Request Entity Too Large" }),
  throttled: json(503, { message: "Service Unavailable" }),
  "function-failed": json(500, { message: "Internal Server Error" }),
};

export const LOAD_BALANCER_ERRORS: FrontErrors = {
  forbidden: page(403, "Forbidden"),
  "request-too-large": page(413, "Request Entity Too Large"),
  throttled: page(502, "Bad Gateway"),
  "function-failed": page(502, "Bad Gateway"),
};

function json(status: number, value: Readonly<Record<string, string>>, errorType?: string): WireResponse {
  return text(status, JSON.stringify(value), errorType);
}

/** All of them say that it is JSON, also where it isn't. */
function text(status: number, body: string, errorType?: string): WireResponse {
  const type = ["content-type", "application/json"] as const;
  return {
    status,
    headers: errorType === undefined ? [type] : [type, ["x-amzn-errortype", errorType]],
    body: Buffer.from(body),
  };
}

function page(status: number, reason: string): WireResponse {
  const title = `${status} ${reason}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: [["content-type", "text/html"]], body: Buffer.from(body) };
}
