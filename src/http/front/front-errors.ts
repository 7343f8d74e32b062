import type { WireResponse } from "./result-to-response.ts";
import type { FrontKind } from "./front-kind.ts";

/** Why a front answers a request without the function. */
export type FrontProblem = "forbidden" | "request-too-large" | "throttled";

/** As the fronts of Lambda word it. Source: responses recorded from AWS; see "HTTP" in docs/local-lambda.md. */
export function frontError(kind: FrontKind, problem: FrontProblem): WireResponse {
  switch (kind) {
    case "function-url":
    case "function-url-stream":
      return functionUrlError(problem);
    case "api-gateway-v1":
      return restApiError(problem);
    case "api-gateway-v2":
      return httpApiError(problem);
    case "alb":
    case "alb-multi-value":
      return loadBalancerError(problem);
  }
}

function functionUrlError(problem: FrontProblem): WireResponse {
  switch (problem) {
    case "forbidden":
      return json(403, { Message: "Forbidden" }, "AccessDeniedException");
    case "request-too-large":
      return json(413, { message: "Request Entity Too Large" }, "RequestEntityTooLargeException");
    case "throttled": {
      const Reason = "ReservedFunctionConcurrentInvocationLimitExceeded";
      return json(429, { Reason, Type: "User", message: "Rate Exceeded." }, "TooManyRequestsException");
    }
  }
}

function restApiError(problem: FrontProblem): WireResponse {
  switch (problem) {
    case "forbidden":
      return restJson(403, "Forbidden", "ForbiddenException");
    case "request-too-large":
      return restJson(413, "Request Too Long", "RequestTooLargeException");
    case "throttled":
      return restJson(500, "Internal server error", "InternalServerErrorException");
  }
}

function httpApiError(problem: FrontProblem): WireResponse {
  switch (problem) {
    case "forbidden":
      return json(403, { message: "Forbidden" });
    case "request-too-large":
      return json(413, { message: "Request Entity Too Large" });
    case "throttled":
      return json(503, { message: "Service Unavailable" });
  }
}

function loadBalancerError(problem: FrontProblem): WireResponse {
  switch (problem) {
    case "forbidden":
      return page(403, "Forbidden");
    case "request-too-large":
      return page(413, "Request Entity Too Large");
    case "throttled":
      return page(502, "Bad Gateway");
  }
}

function restJson(status: number, message: string, errorType: string): WireResponse {
  const response = json(status, {}, errorType);
  return { ...response, body: Buffer.from(`{"message": "${message}"}`) };
}

function json(status: number, value: Readonly<Record<string, string>>, errorType?: string): WireResponse {
  const type = ["content-type", "application/json"] as const;
  return {
    status,
    headers: errorType === undefined ? [type] : [type, ["x-amzn-errortype", errorType]],
    body: Buffer.from(JSON.stringify(value)),
  };
}

function page(status: number, reason: string): WireResponse {
  const title = `${status} ${reason}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: [["content-type", "text/html"]], body: Buffer.from(body) };
}
