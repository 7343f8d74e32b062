import { describeEvent } from "../../../http/handler/describe-event.ts";
import { detectHttpEvent } from "../../../http/handler/detect.ts";
import { eventMethod, eventToRequest } from "../../../http/handler/event-to-request.ts";
import type { HttpEventKind } from "../../../http/http-event.ts";
import { RequestFault } from "../../../http/handler/request-fault.ts";
import { responseToResult } from "../../../http/handler/response-to-result.ts";
import { isObject, type JsonObject } from "../../../http/shape.ts";
import type { Context } from "../../context.ts";
import { Deadline } from "../../deadline.ts";
import { describeError } from "../../describe-error.ts";
import { rememberEvent } from "./lambda-event.ts";
import { LambdaRequest } from "./lambda-request.ts";
import { appEnvironment } from "./app-environment.ts";
import type { HandlerHost } from "../host.ts";
import type { HandlerOutcome } from "../../outcome.ts";
import { GatewayFault } from "./gateway-fault.ts";
import { canStream, streamResponse } from "./http-stream.ts";
import { parseEvent } from "../parse-event.ts";
import type { FetchApp } from "../exported.ts";
import { WaitUntil } from "./wait-until.ts";

/** What becomes of an event that is no HTTP request. */
export type OtherEvents = (event: unknown) => HandlerOutcome | Promise<HandlerOutcome>;

export interface AppSettings {
  /** Whether answers leave piece by piece, where their front can take them so. */
  readonly streams: boolean;
  /** Unset, the invocation fails. */
  readonly other?: OtherEvents;
}

/** Serves each invocation as one request to the app. */
export function serveApp(app: FetchApp, { streams, other = notHttp }: AppSettings): HandlerHost["invoke"] {
  return async (bytes, context) => {
    const parsed = parseEvent(bytes);
    if (parsed.kind === "failed") return parsed;
    const { event } = parsed;
    const kind = detectHttpEvent(event);
    if (kind === undefined || !isObject(event)) return other(event);
    const deadline = new Deadline(context);
    const asked: Asked = { event, kind, streams, deadline };
    const waitUntil = new WaitUntil();
    let response: Response;
    try {
      const request = eventToRequest(event, kind, (url, init) => new LambdaRequest(url, init, event, deadline));
      rememberEvent(context, event);
      response = readResponse(await app.fetch(request, appEnvironment(event, context), waitUntil));
    } catch (thrown) {
      return waitUntil.after(await answerFault(thrown, asked), context);
    }
    return waitUntil.after(await answer(response, asked), context);
  };
}

/** Answers with a `Response` that a handler function returned for this event. */
export async function answerWith(
  response: Response,
  event: unknown,
  context: Context,
  streams: boolean,
): Promise<HandlerOutcome> {
  const kind = detectHttpEvent(event);
  if (kind === undefined || !isObject(event)) return notHttp(event);
  return answer(response, { event, kind, streams, deadline: new Deadline(context) });
}

/** What an answer depends on, besides what it says. */
interface Asked {
  readonly event: JsonObject;
  readonly kind: HttpEventKind;
  readonly streams: boolean;
  readonly deadline: Deadline;
}

type Answered = HandlerOutcome & { readonly kind: "value" | "stream" };

function readResponse(given: unknown): Response {
  if (given instanceof Response && given.status >= 200) return given;
  const advice = given === undefined ? ". Answer what no route takes, as with a 404" : "";
  throw new TypeError(`fetch gave ${describeValue(given)} in place of a Response to send${advice}`);
}

async function answer(response: Response, asked: Asked): Promise<Answered> {
  const { event, kind, deadline } = asked;
  const method = eventMethod(event, kind);
  try {
    if (response.bodyUsed) {
      throw new TypeError(
        "The body of the Response was read before: make a new Response for each request, or a clone()",
      );
    }
    if (asked.streams && canStream(kind, event)) return await streamResponse(response, method, deadline);
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
    return answerFault(thrown, asked);
  }
}

/** The client learns that it failed, the log learns why. */
async function answerFault(thrown: unknown, asked: Asked): Promise<Answered> {
  if (thrown instanceof RequestFault) return answer(plain(thrown.status, thrown.message), asked);
  const response = thrown instanceof GatewayFault ? gatewayAnswer(thrown.status) : plain(500, "Internal Server Error");
  const answered = await answer(response, asked);
  return { ...answered, fault: describeError(thrown) };
}

/** An HTTP handler was invoked with something else: the invocation fails, since nobody waits for a status. */
export function notHttp(event: unknown, advice = "For other events export a function."): HandlerOutcome {
  const errorMessage =
    `Not an HTTP request: this handler answers HTTP, and the event is ${describeEvent(event)}. It takes the events of ` +
    `function URLs, API Gateway, Application Load Balancers and VPC Lattice. ${advice}`;
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

function gatewayAnswer(status: 502 | 504): Response {
  return plain(status, status === 502 ? "Bad Gateway" : "Gateway Timeout");
}

function plain(status: number, text: string): Response {
  return new Response(`${text}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
