import { bodyForLoadBalancer } from "./request-body.ts";
import {
  forwardedHeaders,
  groupHeaders,
  groupQuery,
  lastOf,
  mapValues,
  splitTarget,
  type FrontIdentity,
  type WireRequest,
} from "./wire-request.ts";

/** An Application Load Balancer decodes neither path nor query. */
export function formatAlbEvent(
  front: "alb" | "alb-multi-value",
  request: WireRequest,
  { accountId, apiId, region }: FrontIdentity,
): unknown {
  const { path, query } = splitTarget(request.target);
  const headers = groupHeaders(forwardedHeaders(request), true);
  const parameters = groupQuery(query, (text) => text);
  const targetGroupArn = `arn:aws:elasticloadbalancing:${region}:${accountId}:targetgroup/${apiId}/0123456789abcdef`;
  return {
    requestContext: { elb: { targetGroupArn } },
    httpMethod: request.method,
    path,
    ...(front === "alb"
      ? { queryStringParameters: mapValues(parameters, lastOf), headers: mapValues(headers, lastOf) }
      : { multiValueQueryStringParameters: parameters, multiValueHeaders: headers }),
    ...bodyForLoadBalancer(request),
  };
}
