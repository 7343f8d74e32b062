import { describeEvent } from "../../http/describe-event.ts";
import { detectHttpEvent } from "../../http/detect.ts";
import { eventMethod, eventToRequest } from "../../http/event-to-request.ts";
import type { HttpEventKind } from "../../http/http-event.ts";
import { RequestFault } from "../../http/request-fault.ts";
import { responseToResult } from "../../http/response-to-result.ts";
import { isObject, type JsonObject } from "../../http/shape.ts";
import type { ErrorDocument } from "../../protocol/error-document.ts";
import type { Context } from "../context.ts";
import { Deadline } from "../deadline.ts";
import { describeError } from "../describe-error.ts";
import { rememberEvent } from "../lambda-event.ts";
import { LambdaRequest } from "../lambda-request.ts";
import { appEnvironment } from "./app-environment.ts";
import type { HandlerHost, HandlerOutcome } from "./host.ts";
import { canStream, streamResponse } from "./http-stream.ts";
import { parseEvent } from "./parse-event.ts";
import type { FetchApp } from "./resolve.ts";
import { WaitUntil } from "./wait-until.ts";

/** Serves each invocation as one request to the app. */
export function serveApp(app: FetchApp): HandlerHost["invoke"] {
  return async (bytes, context) => {
    const parsed = parseEvent(bytes);
    if (parsed.kind === "failed") return parsed;
    const { event } = parsed;
    const kind = detectHttpEvent(event);
    if (kind === undefined || !isObject(event)) return notHttp(event);
    const deadline = new Deadline(context);
    const waitUntil = new WaitUntil();
    const { response, fault } = await fetchFrom(app, { event, kind, context, deadline, waitUntil });
    const outcome = await answer(response, kind, event, deadline);
    if (fault === undefined && waitUntil.isIdle) return outcome;
    return { ...outcome, ...(fault !== undefined && { fault }), ...waitUntil.afterwards(context) };
  };
}

/** Answers with a `Response` that a handler function returned for this event. */
export async function answerWith(response: Response, event: unknown, context: Context): Promise<HandlerOutcome> {
  const kind = detectHttpEvent(event);
  return kind === undefined || !isObject(event) ? notHttp(event) : answer(response, kind, event, new Deadline(context));
}

interface Call {
  readonly event: JsonObject;
  readonly kind: HttpEventKind;
  readonly context: Context;
  readonly deadline: Deadline;
  readonly waitUntil: WaitUntil;
}

interface Fetched {
  readonly response: Response;
  readonly fault?: ErrorDocument;
}

type Answered = HandlerOutcome & { readonly kind: "value" | "stream" };

async function fetchFrom(app: FetchApp, { event, kind, context, deadline, waitUntil }: Call): Promise<Fetched> {
  try {
    const request = eventToRequest(event, kind, (url, init) => new LambdaRequest(url, init, event, deadline));
    rememberEvent(context, event);
    const response = await app.fetch(request, appEnvironment(event, context), waitUntil);
    if (response instanceof Response && response.status >= 200) return { response };
    return failedFetch(new TypeError(`fetch gave ${describeValue(response)} in place of a Response to send`));
  } catch (thrown) {
    if (thrown instanceof RequestFault) return { response: plain(thrown.status, thrown.message) };
    return failedFetch(thrown);
  }
}

/** The client learns that it failed, the log learns why. */
function failedFetch(thrown: unknown): Required<Fetched> {
  return { response: plain(500, "Internal Server Error"), fault: describeError(thrown) };
}

async function answer(
  response: Response,
  kind: HttpEventKind,
  event: JsonObject,
  deadline: Deadline,
): Promise<Answered> {
  const method = eventMethod(event, kind);
  try {
    if (canStream(kind, event)) return await streamResponse(response, method, deadline);
    const { json, problem } = await responseToResult(response, kind, method);
    deadline.end();
    const answered = { kind: "value", body: json, contentType: "application/json" } as const;
    if (problem === undefined) return answered;
    return {
      ...answered,
      fault: { errorType: "Function.ResponseSizeTooLarge", errorMessage: problem, stackTrace: [] },
    };
  } catch (thrown) {
    // The body of a response is the app's own code too.
    const { response: sorry, fault } = failedFetch(thrown);
    const answered = await answer(sorry, kind, event, deadline);
    return { ...answered, fault };
  }
}

/** An HTTP handler was invoked with something else: the invocation fails, since nobody waits for a status. */
function notHttp(event: unknown): HandlerOutcome {
  const errorMessage =
    `Not an HTTP request: this handler answers HTTP, and the event is ${describeEvent(event)}. It takes the events of ` +
    "function URLs, API Gateway, Application Load Balancers and VPC Lattice. For other events export a function.";
  return {
    kind: "failed",
    document: { errorType: "Runtime.NotAnHttpEvent", errorMessage, stackTrace: [] },
    expected: false,
  };
}

function describeValue(value: unknown): string {
  if (value instanceof Response) return `a Response with the status ${value.status}`;
  return value === null ? "null" : value === undefined ? "nothing" : `a value of type ${typeof value}`;
}

function plain(status: number, text: string): Response {
  return new Response(`${text}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
