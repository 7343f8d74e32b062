import { bodyByMediaTypes } from "./request-body.ts";
import {
  decodeFormPart,
  forwardedHeaders,
  groupHeaders,
  groupQuery,
  lastOf,
  headerOf,
  logTime,
  mapValues,
  splitTarget,
  type FrontIdentity,
  type WireRequest,
} from "./wire-request.ts";

/** Payload format 1.0, as of a REST API whose only resource is `/{proxy+}`. */
export function formatRestApiEvent(request: WireRequest, identity: FrontIdentity): unknown {
  const { accountId, apiId, region, stage, binaryMediaTypes } = identity;
  const { path, query } = splitTarget(request.target);
  const proxy = path.slice(1);
  const resource = proxy === "" ? "/" : "/{proxy+}";
  const headers = groupHeaders(forwardedHeaders(request), false);
  const parameters = query === "" ? null : groupQuery(query, decodeFormPart);
  const { body, isBase64Encoded } = bodyByMediaTypes(request, binaryMediaTypes);
  return {
    resource,
    path,
    httpMethod: request.method,
    headers: mapValues(headers, lastOf),
    multiValueHeaders: headers,
    queryStringParameters: parameters === null ? null : mapValues(parameters, lastOf),
    multiValueQueryStringParameters: parameters,
    pathParameters: proxy === "" ? null : { proxy },
    stageVariables: null,
    requestContext: {
      accountId,
      apiId,
      deploymentId: "local0",
      domainName: `${apiId}.execute-api.${region}.amazonaws.com`,
      domainPrefix: apiId,
      extendedRequestId: request.requestId,
      httpMethod: request.method,
      identity: {
        accessKey: null,
        accountId: null,
        caller: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: request.sourceIp,
        user: null,
        userAgent: headerOf(request, "user-agent") ?? null,
        userArn: null,
      },
      path: `/${stage}${path}`,
      protocol: request.protocol,
      requestId: request.requestId,
      requestTime: logTime(request.receivedAt),
      requestTimeEpoch: request.receivedAt.getTime(),
      resourceId: "proxy0",
      resourcePath: resource,
      stage,
    },
    body: body === "" ? null : body,
    isBase64Encoded,
  };
}
