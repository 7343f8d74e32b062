import type { WebSettings } from "../../../protocol/web-settings.ts";
import type { Context } from "../../context.ts";
import { Deadline } from "../../deadline.ts";
import type { ChildEnd } from "../../engine/engine.ts";
import { fault } from "../child/child-faults.ts";
import { beforeDeadline } from "../child/deadline-steps.ts";
import { type GatewayFault, noAnswer, tooSlow } from "../http/gateway-fault.ts";
import type { HandlerHost } from "../host.ts";
import type { HandlerOutcome, InitOutcome } from "../../outcome.ts";
import { notHttp, type OtherEvents, serveApp } from "../http/http-app.ts";
import { postedEventHeaders } from "../http/server-headers.ts";
import { endedInRequest, eventRefused, stillStarting } from "./web-faults.ts";
import { forward, isRefused } from "./web-forward.ts";

/** From a broken connection to the news that the server's process has ended. */
const END_AFTER_CLOSE_MS = 250;

/** As the start of a host comes out, and where the server is. */
export type ServerStart =
  | (Extract<InitOutcome, { kind: "ready" }> & { readonly origin: string })
  | Extract<InitOutcome, { kind: "failed" }>;

/** One life of a server in another process. */
export interface WebServer {
  readonly started: Promise<ServerStart>;
  readonly ended: Promise<ChildEnd>;
  /** It runs, and can't be used: the next request gets a new one. */
  kill(): void;
  /** Called before a request is sent; the returned function once it is over, output and all. */
  serves(context: Context): () => Promise<void>;
}

/** Serves each invocation as one request to the server that `current` gives, which is started if there is none. */
export function serveWeb(
  { eventPath }: WebSettings,
  streams: boolean,
  current: () => WebServer | Promise<WebServer>,
): HandlerHost["invoke"] {
  return async (bytes, context) => {
    const found = await beforeDeadline(context, ready());
    if (found === undefined) return { kind: "failed", document: stillStarting(), expected: false };
    const { server, start } = found;
    // A server that does not come up again is not worth another try in this process.
    if (start.kind === "failed") return { kind: "host-died", document: start.document, exitCode: 1 };
    const { origin } = start;
    const over = server.serves(context);
    const app = {
      fetch: async (request: Request) => {
        try {
          return await forward(request, origin);
        } catch (error) {
          throw await explain(error, request.signal, server);
        }
      },
    };
    const other: OtherEvents =
      eventPath === undefined
        ? (event) => notHttp(event, "For other events set eventPath in the config, and they are posted there.")
        : () => postEvent(bytes, context, origin + eventPath, server);
    const outcome = await serveApp(app, { streams, other })(bytes, context);
    if (outcome.kind === "value" || outcome.kind === "stream") return { ...outcome, afterwards: over };
    await over();
    return outcome;
  };

  async function ready(): Promise<{ readonly server: WebServer; readonly start: ServerStart }> {
    const server = await current();
    return { server, start: await server.started };
  }
}

/** What became of a request that got no response. */
async function explain(cause: unknown, signal: AbortSignal, server: WebServer): Promise<GatewayFault> {
  if (signal.aborted) return tooSlow(cause);
  const end = await Promise.race([
    server.ended,
    new Promise<undefined>((resolve) => setTimeout(resolve, END_AFTER_CLOSE_MS, undefined)),
  ]);
  if (end !== undefined) return endedInRequest(end);
  if (isRefused(cause)) server.kill();
  return noAnswer(cause);
}

/** The server's answer is the invocation's result; a status that is no success makes it fail. */
async function postEvent(bytes: Uint8Array, context: Context, url: string, server: WebServer): Promise<HandlerOutcome> {
  const deadline = new Deadline(context);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: postedEventHeaders(context),
      body: bytes.length === 0 ? "{}" : new Uint8Array(bytes),
      signal: deadline.signal,
      redirect: "manual",
      timeout: false,
      keepalive: false,
    });
    const answer = await response.text();
    if (!response.ok)
      return {
        kind: "failed",
        document: eventRefused(new URL(url).pathname, response.status, answer),
        expected: false,
      };
    return { kind: "value", body: encodeResult(answer), contentType: "application/json" };
  } catch (error) {
    const reason = await explain(error, deadline.signal, server);
    return { kind: "failed", document: fault(reason.name, reason.message), expected: false };
  } finally {
    deadline.end();
  }
}

/** JSON as it is; nothing is `null`, and other text a string. */
function encodeResult(answer: string): Uint8Array {
  const encoder = new TextEncoder();
  if (answer === "") return encoder.encode("null");
  try {
    JSON.parse(answer);
    return encoder.encode(answer);
  } catch {
    // Not JSON: a text is what it is.
    return encoder.encode(JSON.stringify(answer));
  }
}
