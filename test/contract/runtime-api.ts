import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { formatInvocation, type InvocationMetadata } from "../../src/protocol/invocation.ts";
import { parseRuntimeRoute } from "../../src/protocol/routes.ts";

/** What the runtime posted. */
export interface Posted {
  readonly kind: "response" | "error" | "init-error";
  readonly requestId: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly trailers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  json(): unknown;
}

/** How the server treats a post: a status, or a connection that goes away. */
export type Reaction =
  | { readonly status: number; readonly body?: string }
  | "drop-before-reading"
  | "drop-after-reading"
  | "no-answer";

/** How the server treats one `next`. */
export type Offer =
  | {
      readonly kind: "invocation";
      readonly event: string | Uint8Array;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: "status"; readonly status: number }
  /** Sends these bytes as they are, then closes. */
  | { readonly kind: "raw"; readonly bytes: string };

/**
 * A Runtime API that does what a test tells it: the stand-in for AWS's own, which exists nowhere but in AWS. Speaks
 * to one runtime; keeps everything it was sent.
 */
export class ScriptedRuntimeApi {
  readonly posts: Posted[] = [];
  /** Sees each body as it grows: for streams. */
  onChunk: ((requestId: string, chunk: Buffer) => void) | undefined;
  /** Takes over the reading of a post altogether. */
  onRequest: ((request: IncomingMessage) => void) | undefined;
  react: (posted: Pick<Posted, "kind" | "requestId">) => Reaction = () => ({ status: 202 });
  nextCount = 0;
  readonly extensions: IncomingMessage["headers"][] = [];

  readonly #server: Server;
  readonly #offers: Offer[] = [];
  readonly #waiting: ServerResponse[] = [];
  readonly #watchers = new Set<() => void>();

  private constructor() {
    this.#server = createServer((request, response) => this.#serve(request, response));
    this.#server.keepAliveTimeout = 0;
  }

  static async start(): Promise<ScriptedRuntimeApi> {
    const api = new ScriptedRuntimeApi();
    await new Promise<void>((resolve) => api.#server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  get address(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return `127.0.0.1:${address.port}`;
  }

  /** Offers an invocation and returns its id. */
  offer(event: unknown, overrides: Partial<InvocationMetadata> = {}): string {
    const metadata: InvocationMetadata = {
      requestId: randomUUID(),
      deadlineMs: Date.now() + 30_000,
      invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:contract",
      ...overrides,
    };
    this.offerRaw({ kind: "invocation", event: JSON.stringify(event), headers: formatInvocation(metadata) });
    return metadata.requestId;
  }

  offerRaw(offer: Offer): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#offers.push(offer);
    else give(waiting, offer);
  }

  /** The post that answers this invocation, once it is in. */
  async answerTo(requestId: string): Promise<Posted> {
    return this.#find((post) => post.requestId === requestId);
  }

  async initError(): Promise<Posted> {
    return this.#find((post) => post.kind === "init-error");
  }

  async invoke(event: unknown, overrides: Partial<InvocationMetadata> = {}): Promise<Posted> {
    return this.answerTo(this.offer(event, overrides));
  }

  /** Waits until the runtime asks for its next invocation and finds none. */
  async idle(): Promise<void> {
    while (this.#waiting.length === 0) await this.#change();
  }

  /** Waits until all that was offered is with the runtime. */
  async taken(): Promise<void> {
    while (this.#offers.length > 0) await this.#change();
  }

  /** Takes back what is offered and waited for: the runtime it was meant for is gone. */
  clear(): void {
    this.#offers.length = 0;
    for (const response of this.#waiting.splice(0)) response.destroy();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #find(matches: (post: Posted) => boolean): Promise<Posted> {
    for (;;) {
      const post = this.posts.find(matches);
      if (post !== undefined) {
        await logRead();
        return post;
      }
      await this.#change();
    }
  }

  /** Resolves at the next request of the runtime. */
  #change(): Promise<void> {
    return new Promise((resolve) => this.#watchers.add(resolve));
  }

  #changed(): void {
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of watchers) watcher();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    // The runtime is killed at the end of each test, often in the middle of something.
    request.on("error", () => undefined);
    const route = parseRuntimeRoute(request.method ?? "", request.url ?? "");
    switch (route.kind) {
      case "next": {
        this.nextCount++;
        const offer = this.#offers.shift();
        if (offer === undefined) {
          this.#waiting.push(response);
          response.on("close", () => remove(this.#waiting, response));
        } else give(response, offer);
        this.#changed();
        return;
      }
      case "response":
      case "error":
        return this.#receive(request, response, route.kind, route.requestId);
      case "init-error":
        return this.#receive(request, response, "init-error", undefined);
      case "extension-register":
        this.extensions.push(request.headers);
        request.resume().on("end", () => {
          response.writeHead(200, { "lambda-extension-identifier": randomUUID() }).end("{}");
          this.#changed();
        });
        return;
      case "extension-next":
        // Never answered for an extension without events.
        return;
      case "unknown":
        response.writeHead(404).end();
        return;
      default:
        route satisfies never;
    }
  }

  #receive(
    request: IncomingMessage,
    response: ServerResponse,
    kind: Posted["kind"],
    requestId: string | undefined,
  ): void {
    if (this.onRequest !== undefined) return this.onRequest(request);
    const reaction = this.react({ kind, requestId });
    if (reaction === "drop-before-reading") {
      request.socket.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      if (requestId !== undefined) this.onChunk?.(requestId, chunk);
    });
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const json = (): unknown => JSON.parse(body.toString());
      this.posts.push({ kind, requestId, headers: request.headers, trailers: request.trailers, body, json });
      if (reaction === "drop-after-reading") request.socket.destroy();
      else if (reaction !== "no-answer") response.writeHead(reaction.status).end(reaction.body ?? '{"status":"OK"}\n');
      this.#changed();
    });
  }
}

function give(response: ServerResponse, offer: Offer): void {
  switch (offer.kind) {
    case "invocation":
      response.writeHead(200, { "content-type": "application/json", ...offer.headers }).end(offer.event);
      return;
    case "status":
      response.writeHead(offer.status).end('{"errorMessage":"told to","errorType":"Told"}');
      return;
    case "raw":
      response.socket?.end(offer.bytes);
      return;
    default:
      offer satisfies never;
  }
}

function remove<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index !== -1) list.splice(index, 1);
}

/**
 * What a runtime printed before a post of its own lies in its pipe by then: a turn of the loop reads it, and it may be
 * the turn after the one that read the post.
 */
async function logRead(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
