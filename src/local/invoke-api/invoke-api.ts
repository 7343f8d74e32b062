import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { formatInvokeComplete, type InvokeComplete } from "../../protocol/event-stream.ts";
import * as header from "../../protocol/headers.ts";
import { MAX_RESPONSE_BYTES } from "../../protocol/limits.ts";
import { parseInvokeRoute } from "../../protocol/routes.ts";
import {
  accessDenied,
  functionNotFound,
  invalidParameter,
  sendApiError,
  serviceException,
  tooManyRequests,
  unknownOperation,
} from "./api-error.ts";
import type { Catalog, RunnableFunction } from "../catalog.ts";
import { responseTooLarge, type FunctionFailure } from "../function-errors.ts";
import { refusalOf } from "../server/http-guard.ts";
import { Invocation, type InvocationOutcome, type InvocationRequest } from "../invocation.ts";
import { parseOrder, type InvokeOrder } from "./invoke-request.ts";
import type { Answer } from "../server/loopback-server.ts";
import type { EventQueue } from "../queue.ts";
import { BufferedSink, EventStreamSink } from "../response-sinks.ts";
import { FUNCTION_VERSION } from "../function-name.ts";

/** The Invoke API: what the AWS SDKs, the AWS CLI and curl talk to. */
export function invokeApi(catalog: Catalog, queue: EventQueue): Answer {
  return async (request, response) => {
    const requestId = randomUUID();
    const unwelcome = refusalOf(request, "programs");
    if (unwelcome !== undefined) return sendApiError(response, accessDenied(unwelcome), requestId);
    const route = parseInvokeRoute(request.method ?? "", request.url ?? "");
    if (route.kind === "unknown") {
      return sendApiError(response, unknownOperation(request.method ?? "", request.url ?? ""), requestId);
    }
    const lookup = catalog.find(route.functionName, route.qualifier);
    if (lookup.kind === "invalid") return sendApiError(response, invalidParameter(lookup.problem), requestId);
    if (lookup.kind === "unknown") return sendApiError(response, functionNotFound(lookup.arn), requestId);
    const order = await parseOrder(request, route.kind === "invoke-stream");
    if (order.kind === "api-error") return sendApiError(response, order, requestId);
    const call = { order, target: lookup.target, request: toRequest(requestId, lookup.arn, lookup.target, order) };
    switch (order.invocationType) {
      case "DryRun":
        response.writeHead(204, { [header.AMZN_REQUEST_ID]: requestId }).end();
        return;
      case "Event":
        queue.add(call.request, (invocation) => lookup.target.environments.admit(invocation, true));
        response.writeHead(202, { [header.AMZN_REQUEST_ID]: requestId, "content-length": 0 }).end();
        return;
      case "RequestResponse":
        return route.kind === "invoke" ? answerWhole(call, response) : answerAsItComes(call, response);
    }
  };
}

interface Call {
  readonly order: InvokeOrder;
  readonly target: RunnableFunction;
  readonly request: InvocationRequest;
}

function toRequest(requestId: string, arn: string, target: RunnableFunction, order: InvokeOrder): InvocationRequest {
  return {
    requestId,
    functionName: target.settings.name,
    invokedFunctionArn: arn,
    payload: order.payload,
    traceId: order.traceId,
    ...(order.clientContext !== undefined && { clientContext: order.clientContext }),
    ...(order.tenantId !== undefined && { tenantId: order.tenantId }),
  };
}

async function answerWhole(call: Call, response: ServerResponse): Promise<void> {
  const sink = new BufferedSink();
  const invocation = new Invocation(call.request, sink);
  const { requestId } = call.request;
  if (!(await call.target.environments.admit(invocation, false))) {
    return sendApiError(response, tooManyRequests(), requestId);
  }
  const outcome = await invocation.answered;
  // The log is complete only when the runtime has come back.
  if (call.order.wantsTail) await invocation.finished;
  if (outcome.kind === "unavailable") return sendApiError(response, serviceException(outcome.message), requestId);
  const failure = failureOf(outcome, sink);
  const body = failure?.body ?? sink.bytes();
  response.writeHead(200, {
    ...commonHeaders(call),
    "content-type": outcome.kind === "success" && failure === undefined ? outcome.contentType : "application/json",
    "content-length": body.length,
    ...(failure !== undefined && { [header.FUNCTION_ERROR]: "Unhandled" }),
    ...(call.order.wantsTail && { [header.LOG_RESULT]: invocation.tail.bytes().toString("base64") }),
  });
  response.end(body);
}

async function answerAsItComes(call: Call, response: ServerResponse): Promise<void> {
  const invocation = new Invocation(call.request, new EventStreamSink(response));
  if (!(await call.target.environments.admit(invocation, false))) {
    return sendApiError(response, tooManyRequests(), call.request.requestId);
  }
  response.writeHead(200, { ...commonHeaders(call), "content-type": header.EVENT_STREAM_CONTENT_TYPE });
  response.flushHeaders();
  const outcome = await invocation.answered;
  if (call.order.wantsTail) await invocation.finished;
  const tail = call.order.wantsTail ? { LogResult: invocation.tail.bytes().toString("base64") } : {};
  response.end(formatInvokeComplete({ ...completion(outcome), ...tail }));
}

function commonHeaders(call: Call): Record<string, string> {
  return {
    [header.AMZN_REQUEST_ID]: call.request.requestId,
    [header.EXECUTED_VERSION]: FUNCTION_VERSION,
    [header.AMZN_TRACE_ID]: call.order.traceId,
  };
}

function failureOf(outcome: InvocationOutcome, sink: BufferedSink): FunctionFailure | undefined {
  if (outcome.kind === "failure") return outcome.failure;
  return sink.tooLarge ? responseTooLarge(MAX_RESPONSE_BYTES) : undefined;
}

function completion(outcome: InvocationOutcome): InvokeComplete {
  switch (outcome.kind) {
    case "success":
      return {};
    case "failure":
      return { ErrorCode: outcome.failure.errorType, ErrorDetails: outcome.failure.body.toString() };
    case "unavailable":
      return { ErrorCode: "ServiceException", ErrorDetails: outcome.message };
  }
}
