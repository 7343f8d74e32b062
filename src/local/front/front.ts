import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { HeaderList, HttpFront } from "../../http/http-event.ts";
import { requestToEvent } from "../../http/front/request-to-event.ts";
import { resultToResponse } from "../../http/front/result-to-response.ts";
import * as header from "../../protocol/headers.ts";
import { MAX_REQUEST_BYTES } from "../../protocol/limits.ts";
import type { RunnableFunction } from "../catalog.ts";
import { sendWhole } from "./front-answer.ts";
import type { FrontProblem } from "../../http/front/front-errors.ts";
import { type FrontKind, FRONTS } from "../../http/front/front-kind.ts";
import type { FrontIdentity, WireResponse } from "../../http/front/wire-request.ts";
import { FrontStream } from "./front-stream.ts";
import { refusalOf } from "../server/http-guard.ts";
import { Invocation } from "../invocation.ts";
import { newTraceId } from "../trace-id.ts";
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

/** Serves one function over HTTP: makes an event of each request, and an HTTP response of each result, as AWS does. */
export function httpFront(options: FrontOptions): Answer {
  return async (request, response) => {
    const call: Call = { ...options, request, response, requestId: randomUUID(), traceId: traceIdOf(request) };
    const unwelcome = refusalOf(request, "pages");
    if (unwelcome !== undefined) return refuse(call, "forbidden", unwelcome);
    const limit = FRONTS[call.kind].maxRequestBytes;
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
  const tooLarge = sink.tooLarge || result.length > FRONTS[front].maxResultBytes;
  if (tooLarge) call.onProblem("The response is larger than can be sent.");
  const failed = tooLarge || outcome.kind !== "success";
  const wire = failed ? FRONTS[front].errors["function-failed"] : convert(call, front, result);
  try {
    sendWithOwnHeaders(call, wire);
  } catch (error) {
    call.onProblem(messageOf(error));
    sendWithOwnHeaders(call, FRONTS[front].errors["function-failed"]);
  }
}

function convert(call: Call, front: HttpFront, result: Buffer): WireResponse {
  const { accept } = call.request.headers;
  const { response, malformed } = resultToResponse(front, result, call.binaryMediaTypes, accept);
  if (malformed !== undefined) call.onProblem(malformed);
  return response;
}

async function answerAsItComes(call: Call, payload: Buffer): Promise<void> {
  const sink = new FrontStream(call.response, FRONTS[call.kind].ownHeaders(call));
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
  return { accountId, region, apiId: "mayflylocal", stage: FRONTS[kind].stage, binaryMediaTypes };
}

/** The list that node gives: name, value, name, value. */
function headerList(raw: readonly string[]): HeaderList {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ""] as const] : []));
}

function traceIdOf(request: IncomingMessage): string {
  const given = request.headers[header.AMZN_TRACE_ID];
  return typeof given === "string" && given !== "" ? given : newTraceId();
}

function throttle(call: Call): void {
  refuse(call, "throttled", `All ${call.target.settings.environments} environments of the function are busy.`);
}

function refuse(call: Call, problem: FrontProblem, why: string): void {
  call.onProblem(why);
  sendWithOwnHeaders(call, FRONTS[call.kind].errors[problem]);
}

function sendWithOwnHeaders(call: Call, wire: WireResponse): void {
  sendWhole(call.response, { ...wire, headers: [...wire.headers, ...FRONTS[call.kind].ownHeaders(call)] });
}

function tooMany(bytes: number, limit: number): string {
  return `The request has ${bytes} bytes; it may have ${limit}.`;
}
