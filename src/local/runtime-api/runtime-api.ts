import type { IncomingMessage, ServerResponse } from "node:http";
import * as header from "../../protocol/headers.ts";
import { formatInvocation } from "../../protocol/invocation.ts";
import { MAX_ERROR_BYTES, MAX_RESPONSE_BYTES } from "../../protocol/limits.ts";
import { parseRuntimeRoute } from "../../protocol/routes.ts";
import { readField } from "../../support/read-field.ts";
import { reported } from "../function-errors.ts";
import { refusalOf } from "../server/http-guard.ts";
import { listenOnLoopback, type LoopbackServer } from "../server/loopback-server.ts";
import { readBody } from "../server/read-body.ts";
import { receiveResponse, tooLarge } from "./runtime-response.ts";
import { refused, type ExtensionCall, type NextCall, type Refusal, type Session } from "./session.ts";

/** What an extension learns when it registers. */
export interface FunctionIdentity {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly handler: string;
}

/** The Runtime API and the part of the Extensions API that internal extensions use, over HTTP, for one process. */
export class RuntimeApi {
  readonly #server: LoopbackServer;

  static async listen(session: Session, identity: FunctionIdentity): Promise<RuntimeApi> {
    return new RuntimeApi(
      await listenOnLoopback(0, (request, response) => serve(session, identity, request, response)),
    );
  }

  private constructor(server: LoopbackServer) {
    this.#server = server;
  }

  /** For `AWS_LAMBDA_RUNTIME_API`. */
  get address(): string {
    return `127.0.0.1:${this.#server.port}`;
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

async function serve(
  session: Session,
  identity: FunctionIdentity,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const unwelcome = refusalOf(request, "programs");
  if (unwelcome !== undefined) return refuse(response, refused(403, "Forbidden", unwelcome));
  const route = parseRuntimeRoute(request.method ?? "", request.url ?? "");
  switch (route.kind) {
    case "next":
      return next(session, response);
    case "response":
      return answer(response, await receiveResponse(session, route.requestId, request));
    case "error":
      return answer(response, await receiveError(session, route.requestId, request));
    case "init-error":
      return answer(response, await receiveInitError(session, request));
    case "extension-register":
      return register(session, identity, request, response);
    case "extension-next":
      return extensionNext(session, request, response);
    case "unknown":
      return refuse(response, refused(404, "NotFound", `There is no ${request.method} ${request.url} here.`));
  }
}

function next(session: Session, response: ServerResponse): void {
  const call: NextCall = {
    send(metadata, payload) {
      if (response.destroyed || response.socket?.destroyed === true) return false;
      const headers = formatInvocation(metadata);
      response.writeHead(200, { ...headers, "content-type": "application/json", "content-length": payload.length });
      response.end(payload);
      return true;
    },
  };
  response.once("close", () => session.withdraw(call));
  const refusal = session.next(call);
  if (refusal !== undefined) refuse(response, refusal);
}

async function receiveError(
  session: Session,
  requestId: string,
  request: IncomingMessage,
): Promise<Refusal | undefined> {
  const claim = session.claim(requestId);
  if (claim.kind === "refused") return claim;
  const body = await readBody(request, MAX_RESPONSE_BYTES);
  switch (body.kind) {
    case "complete": {
      const late = claim.complete();
      if (late === undefined) claim.invocation.fail(reported(errorType(request), body.bytes));
      return late;
    }
    case "too-large": {
      claim.invocation.fail(reported(errorType(request), Buffer.alloc(0)));
      return claim.complete() ?? tooLarge(MAX_RESPONSE_BYTES);
    }
    case "truncated":
      claim.invocation.fail(reported(errorType(request), Buffer.alloc(0)));
      return claim.complete();
  }
}

async function receiveInitError(session: Session, request: IncomingMessage): Promise<Refusal | undefined> {
  const body = await readBody(request, MAX_ERROR_BYTES);
  switch (body.kind) {
    case "complete":
      return session.initError(reported(errorType(request), body.bytes));
    case "too-large":
      return session.initError(reported(errorType(request), Buffer.alloc(0))) ?? tooLarge(MAX_ERROR_BYTES);
    case "truncated":
      return session.initError(reported(errorType(request), Buffer.alloc(0)));
  }
}

async function register(
  session: Session,
  identity: FunctionIdentity,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = request.headers[header.EXTENSION_NAME];
  if (typeof name !== "string" || name === "") {
    return refuse(
      response,
      refused(403, "Extension.InvalidExtensionName", `The header ${header.EXTENSION_NAME} is empty`),
    );
  }
  const body = await readBody(request, MAX_ERROR_BYTES);
  const events = body.kind === "complete" ? parseEvents(body.bytes) : undefined;
  if (events === undefined) {
    return refuse(response, refused(403, "Extension.InvalidRequestFormat", 'The body must be JSON like {"events":[]}'));
  }
  const registration = session.register(name, events);
  if (registration.kind === "refused") return refuse(response, registration);
  response.writeHead(200, { [header.EXTENSION_ID]: registration.id, "content-type": "application/json" });
  response.end(JSON.stringify(identity));
}

function extensionNext(session: Session, request: IncomingMessage, response: ServerResponse): void {
  const id = request.headers[header.EXTENSION_ID];
  if (typeof id !== "string") {
    const problem = `The header ${header.EXTENSION_ID} is missing`;
    return refuse(response, refused(403, "Extension.MissingExtensionIdentifier", problem));
  }
  const call: ExtensionCall = {
    send(event) {
      if (response.destroyed) return false;
      response.writeHead(200, { "content-type": "application/json", "lambda-extension-event-identifier": id });
      response.end(JSON.stringify(event));
      return true;
    },
  };
  const refusal = session.extensionNext(id, call);
  if (refusal !== undefined) refuse(response, refusal);
}

function parseEvents(bytes: Buffer): string[] | undefined {
  try {
    const list = readField(JSON.parse(bytes.toString()), "events");
    if (!Array.isArray(list)) return undefined;
    const events: unknown[] = list;
    return events.every((event) => typeof event === "string") ? events : undefined;
  } catch {
    // Not JSON: the extension is told so.
    return undefined;
  }
}

function errorType(request: IncomingMessage): string | undefined {
  const value = request.headers[header.ERROR_TYPE];
  return typeof value === "string" ? value : undefined;
}

function answer(response: ServerResponse, refusal: Refusal | undefined): void {
  if (refusal !== undefined) return refuse(response, refusal);
  sendJson(response, 202, { status: "OK" });
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  sendJson(response, refusal.status, { errorMessage: refusal.errorMessage, errorType: refusal.errorType });
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}
