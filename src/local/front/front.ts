import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { HeaderList, HttpFront } from "../../http/http-event.ts";
import { readProxyResult } from "../../http/front/proxy-result.ts";
import { requestToEvent, type FrontIdentity } from "../../http/front/request-to-event.ts";
import { resultToResponse } from "../../http/front/result-to-response.ts";
import * as header from "../../protocol/headers.ts";
import { MAX_LOAD_BALANCER_BYTES, MAX_REQUEST_BYTES } from "../../protocol/limits.ts";
import type { RunnableFunction } from "../catalog.ts";
import { sendWhole } from "./front-answer.ts";
import { frontError, type FrontProblem } from "../../http/front/front-errors.ts";
import type { FrontKind } from "../../http/front/front-kind.ts";
import { FrontStream } from "./front-stream.ts";
import { refusalOf } from "../server/http-guard.ts";
import { Invocation } from "../invocation.ts";
import { newTraceId } from "../invoke-api/invoke-request.ts";
import type { Answer } from "../server/loopback-server.ts";
import { readBody } from "../server/read-body.ts";
import { BufferedSink } from "../response-sinks.ts";
import { messageOf } from "../../support/system-error.ts";

export interface FrontOptions {
  readonly kind: FrontKind;
  readonly target: RunnableFunction;
  readonly arn: string;
  readonly region: string;
  readonly accountId: string;
  /** What a REST API takes and gives as bytes. */
  readonly binaryMediaTypes: readonly string[];
  /** Told why a response of the function was not passed on. */
  readonly onProblem: (problem: string) => void;
}

/** Of a result, in the log. */
const EXCERPT_BYTES = 200;

/** Serves one function over HTTP: makes an event of each request, and an HTTP response of each result, as AWS does. */
export function httpFront(options: FrontOptions): Answer {
  return async (request, response) => {
    const call: Call = { ...options, request, response, requestId: randomUUID(), traceId: traceIdOf(request) };
    const unwelcome = refusalOf(request);
    if (unwelcome !== undefined) return refuse(call, "forbidden", unwelcome);
    const limit = isLoadBalancer(call.kind) ? MAX_LOAD_BALANCER_BYTES : MAX_REQUEST_BYTES;
    const body = await readBody(request, limit);
    if (body.kind === "truncated") return;
    if (body.kind === "too-large") return refuse(call, "request-too-large", tooMany(body.bytes, limit));
    const payload = Buffer.from(JSON.stringify(toEvent(call, body.bytes)));
    if (payload.length > MAX_REQUEST_BYTES) {
      return refuse(call, "request-too-large", tooMany(payload.length, MAX_REQUEST_BYTES));
    }
    return call.kind === "function-url-stream" ? answerAsItComes(call, payload) : answerWhole(call, call.kind, payload);
  };
}

interface Call extends FrontOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly traceId: string;
}

async function answerWhole(call: Call, front: HttpFront, payload: Buffer): Promise<void> {
  const sink = new BufferedSink();
  const invocation = toInvocation(call, payload, sink);
  if (!(await call.target.environments.admit(invocation, false))) return throttle(call);
  const outcome = await invocation.answered;
  if (outcome.kind === "unavailable") call.onProblem(outcome.message);
  const result = sink.bytes();
  const tooLarge = sink.tooLarge || (isLoadBalancer(front) && result.length > MAX_LOAD_BALANCER_BYTES);
  if (tooLarge) call.onProblem("The response is larger than can be sent.");
  const failed = tooLarge || outcome.kind !== "success";
  const { accept } = call.request.headers;
  if (!failed && readProxyResult(front, result) === undefined) call.onProblem(describeMalformed(result));
  const wire = resultToResponse(front, failed ? Buffer.alloc(0) : result, failed, call.binaryMediaTypes, accept);
  try {
    sendWhole(call.response, { ...wire, headers: [...wire.headers, ...ownHeaders(call)] });
  } catch (error) {
    call.onProblem(messageOf(error));
    sendWhole(call.response, resultToResponse(front, Buffer.alloc(0), true));
  }
}

async function answerAsItComes(call: Call, payload: Buffer): Promise<void> {
  const sink = new FrontStream(call.response, ownHeaders(call));
  const invocation = toInvocation(call, payload, sink);
  if (!(await call.target.environments.admit(invocation, false))) return throttle(call);
  const outcome = await invocation.answered;
  if (outcome.kind === "unavailable") call.onProblem(outcome.message);
  const problem = sink.finish(outcome);
  if (problem !== undefined) call.onProblem(problem);
}

function toInvocation(call: Call, payload: Buffer, sink: BufferedSink | FrontStream): Invocation {
  const { requestId, traceId, arn, target } = call;
  const functionName = target.settings.name;
  return new Invocation({ requestId, functionName, invokedFunctionArn: arn, traceId, payload }, sink);
}

function toEvent(call: Call, body: Uint8Array): unknown {
  const { request, kind, requestId, traceId } = call;
  const headers = headerList(request.rawHeaders);
  const traced = headers.some(([name]) => name.toLowerCase() === header.AMZN_TRACE_ID);
  return requestToEvent(
    kind === "function-url-stream" ? "function-url" : kind,
    {
      method: request.method ?? "GET",
      target: request.url ?? "/",
      headers: traced ? headers : [...headers, ["X-Amzn-Trace-Id", traceId]],
      body,
      sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
      protocol: `HTTP/${request.httpVersion}`,
      scheme: "http",
      port: request.socket.localPort ?? 80,
      requestId,
      receivedAt: new Date(),
    },
    identity(call),
  );
}

function identity({ kind, accountId, region, binaryMediaTypes }: Call): FrontIdentity {
  // A REST API always has a named stage; it is no part of the path behind a domain of one's own.
  const stage = kind === "api-gateway-v1" ? "prod" : "$default";
  return { accountId, region, apiId: "mayflylocal", stage, binaryMediaTypes };
}

/** The list that node gives: name, value, name, value. */
function headerList(raw: readonly string[]): HeaderList {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ""] as const] : []));
}

function ownHeaders({ kind, requestId, traceId }: Call): HeaderList {
  switch (kind) {
    case "function-url":
    case "function-url-stream":
    case "api-gateway-v1":
      return [
        [header.AMZN_REQUEST_ID, requestId],
        [header.AMZN_TRACE_ID, traceId],
      ];
    case "api-gateway-v2":
      return [["apigw-requestid", requestId]];
    case "alb":
    case "alb-multi-value":
      return [["server", "awselb/2.0"]];
  }
}

function traceIdOf(request: IncomingMessage): string {
  const given = request.headers[header.AMZN_TRACE_ID];
  return typeof given === "string" && given !== "" ? given : newTraceId();
}

function isLoadBalancer(kind: FrontKind): boolean {
  return kind === "alb" || kind === "alb-multi-value";
}

function throttle(call: Call): void {
  refuse(call, "throttled", `All ${call.target.settings.environments} environments of the function are busy.`);
}

function refuse(call: Call, problem: FrontProblem, why: string): void {
  call.onProblem(why);
  const error = frontError(call.kind, problem);
  sendWhole(call.response, { ...error, headers: [...error.headers, ...ownHeaders(call)] });
}

function describeMalformed(result: Buffer): string {
  const why = "The function's result is no HTTP response that this front can read";
  if (result.includes(Buffer.alloc(8))) return `${why}: it was streamed. Streams go out by function-url-stream.`;
  const text = result.toString("utf8", 0, EXCERPT_BYTES);
  return `${why}: ${text}${result.length > EXCERPT_BYTES ? "…" : ""}`;
}

function tooMany(bytes: number, limit: number): string {
  return `The request has ${bytes} bytes; it may have ${limit}.`;
}
