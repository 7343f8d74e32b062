import { bodyByContentType } from "./request-body.ts";
import {
  decodeFormPart,
  decodePart,
  forwardedHeaders,
  groupHeaders,
  groupQuery,
  headerOf,
  logTime,
  mapValues,
  splitTarget,
  type FrontIdentity,
  type WireRequest,
} from "./wire-request.ts";

/** Payload format 2.0. Function URLs keep the path as it was sent, HTTP APIs decode it. */
export function formatHttpApiEvent(
  front: "function-url" | "api-gateway-v2",
  request: WireRequest,
  { accountId, apiId, region, stage }: FrontIdentity,
): unknown {
  const { path, query } = splitTarget(request.target);
  const rawPath = front === "function-url" ? path : inStage(decodePart(path), stage);
  const { cookie: cookieLines, ...rest } = groupHeaders(forwardedHeaders(request), true);
  const headers = mapValues(rest, (values) => values.join(","));
  // Several lines are one list, which HTTP/2 clients cut up as they like.
  const cookie = cookieLines?.join("; ");
  const cookies = cookie?.split(/;\s*/).filter((one) => one !== "");
  const domain = front === "function-url" ? `lambda-url.${region}.on.aws` : `execute-api.${region}.amazonaws.com`;
  const { body, isBase64Encoded } = bodyByContentType(request);
  const routeKey = "$default";
  return {
    version: "2.0",
    routeKey,
    rawPath,
    rawQueryString: query,
    ...(cookies !== undefined && { cookies }),
    headers: cookie !== undefined && front === "function-url" ? { ...headers, cookie } : headers,
    ...(query !== "" && {
      queryStringParameters: mapValues(groupQuery(query, decodeFormPart), (values) => values.join(",")),
    }),
    requestContext: {
      accountId: front === "function-url" ? "anonymous" : accountId,
      apiId,
      domainName: `${apiId}.${domain}`,
      domainPrefix: apiId,
      http: {
        method: request.method,
        path: rawPath,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: headerOf(request, "user-agent") ?? "",
      },
      requestId: request.requestId,
      routeKey,
      stage,
      time: logTime(request.receivedAt),
      timeEpoch: request.receivedAt.getTime(),
    },
    ...(body !== "" && { body }),
    isBase64Encoded,
  };
}

/** A named stage is part of the path; the default one isn't. */
function inStage(path: string, stage: string): string {
  return stage === "$default" ? path : `/${stage}${path}`;
}
