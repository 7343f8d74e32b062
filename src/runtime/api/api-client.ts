import type { ErrorDocument } from "../../protocol/error-document.ts";
import * as header from "../../protocol/headers.ts";
import { MAX_ERROR_BYTES } from "../../protocol/limits.ts";
import {
  errorPath,
  EXTENSION_NEXT_PATH,
  EXTENSION_REGISTER_PATH,
  INIT_ERROR_PATH,
  NEXT_PATH,
  responsePath,
} from "../../protocol/paths.ts";
import { xrayErrorCause } from "../../protocol/xray-cause.ts";
import type { RuntimeApiAddress } from "./address.ts";
import { type Delivery, type Next, readDelivery, readNext, unfinishedNext } from "./api-answers.ts";
import { ChunkedBody, TURN_OVER } from "./chunked-body.ts";
import { Connection, type Exchange, MAX_COPIED_BODY_BYTES } from "./connection.ts";
import { fitDocument } from "../describe-error.ts";
import type { Engine } from "../engine/engine.ts";
import { raceAgainst } from "../race.ts";

/** The source of a streamed response: an error it throws is sent as the stream's error. */
export interface StreamSource {
  readonly contentType: string;
  next(): Promise<IteratorResult<Uint8Array, unknown>>;
  /** Nobody reads any more. */
  cancel(reason: Error): void;
  describe(thrown: unknown): ErrorDocument;
}

const USER_AGENT = "mayfly/0.1.0";
/** `next` is safe to ask again as long as not one byte of an answer was seen. */
const NEXT_ATTEMPTS = 5;
const FIRST_RETRY_MS = 50;
/** From the last byte of a post to its answer, which the platform gives within milliseconds. */
const REPLY_WITHIN_MS = 10_000;
/** The same for a stream, whose last bytes may wait for a slow reader. */
const STREAM_REPLY_WITHIN_MS = 300_000;
/** Header parsers bound the trailer section, Node.js's to 16 KiB with names and base64 overhead. */
const MAX_TRAILER_DOCUMENT_BYTES = 8 * 1024;

const encoder = new TextEncoder();

/** The Runtime API over one connection: one invocation at a time. Source: lambda "Using the Lambda runtime API". */
export class RuntimeApiClient {
  readonly #connection: Connection;
  readonly #address: RuntimeApiAddress;
  readonly #nextRequest: Uint8Array;
  #polling = false;
  #stopped = false;

  constructor(engine: Engine, address: RuntimeApiAddress) {
    this.#address = address;
    this.#connection = new Connection(engine, address.host, address.port);
    this.#nextRequest = this.#request("GET", NEXT_PATH, {}, undefined);
  }

  async next(): Promise<Next> {
    let delay = FIRST_RETRY_MS;
    for (let attempt = 1; ; attempt++) {
      // Of a process that is about to end nobody takes another invocation.
      if (this.#stopped) return new Promise(() => undefined);
      this.#polling = true;
      const exchange = await this.#connection.exchange(this.#nextRequest);
      this.#polling = false;
      if (exchange.kind === "response") return readNext(exchange.response, exchange.response.body);
      const again = exchange.kind === "unreachable" || exchange.received.kind === "nothing";
      if (!again) return unfinishedNext(exchange);
      if (attempt === NEXT_ATTEMPTS) {
        return {
          kind: "ended",
          reason: `the Runtime API at ${this.#address.authority} can't be reached: ${exchange.error.message}`,
        };
      }
      await new Promise((resolve) => setTimeout(resolve, delay));
      delay *= 2;
    }
  }

  /** Takes on no further invocation: an open `next` is taken back, and whoever asks for one waits forever. */
  stop(): void {
    this.#stopped = true;
    if (this.#polling) this.#connection.close();
  }

  respond(requestId: string, body: Uint8Array, contentType: string): Promise<Delivery> {
    return this.#post(responsePath(requestId), { "content-type": contentType }, body);
  }

  fail(requestId: string, document: ErrorDocument): Promise<Delivery> {
    return this.#postError(errorPath(requestId), "Function", document);
  }

  failInit(document: ErrorDocument): Promise<Delivery> {
    return this.#postError(INIT_ERROR_PATH, "Runtime", document);
  }

  /**
   * Streams a response whose first chunk exists. Later errors of the source travel in trailers, as AWS's own
   * runtimes send them; the platform then reports them to the caller behind the bytes already sent.
   */
  async respondStreaming(requestId: string, first: Uint8Array, source: StreamSource): Promise<Delivery> {
    const head = {
      "content-type": source.contentType,
      [header.RESPONSE_MODE]: "streaming",
      "transfer-encoding": "chunked",
      trailer: `${header.ERROR_TYPE}, ${header.ERROR_BODY}`,
    };
    const upload = await this.#connection.open(this.#request("POST", responsePath(requestId), head, undefined));
    if (upload.kind === "unreachable") {
      source.cancel(upload.error);
      return readDelivery(upload);
    }
    let answer: Exchange | undefined;
    const answered = upload.answered.then((exchange) => {
      answer = exchange;
      return undefined;
    });
    const unlessAnswered = raceAgainst(answered);

    const body = new ChunkedBody((bytes) => upload.write(bytes));
    let trailers = "";
    try {
      const opened = body.add(first);
      if (opened !== undefined) await unlessAnswered(opened);
      let step = source.next();
      for (;;) {
        // While only the source can make progress, the socket must not keep a dead event loop alive.
        this.#connection.setRef(body.holds);
        const arrived = await unlessAnswered(body.orTurnOver(step));
        this.#connection.setRef(true);
        if (arrived === undefined) break;
        if (arrived === TURN_OVER) {
          await unlessAnswered(body.flush());
          continue;
        }
        if (arrived.done === true) break;
        const sent = body.add(arrived.value);
        if (sent !== undefined) await unlessAnswered(sent);
        step = source.next();
      }
    } catch (thrown) {
      const document = fitDocument(source.describe(thrown), MAX_TRAILER_DOCUMENT_BYTES);
      const encoded = Buffer.from(JSON.stringify(document)).toString("base64");
      trailers = `${header.ERROR_TYPE}: ${errorCategory("Function", document)}\r\n${header.ERROR_BODY}: ${encoded}\r\n`;
    } finally {
      this.#connection.setRef(true);
    }
    if (answer !== undefined) {
      // The platform stopped listening midway: the caller is gone, or the stream grew past its limit. Either way it
      // has settled this invocation, so unlike after a lost answer the process can go on.
      source.cancel(new Error("The platform ended the response stream"));
      this.#connection.close();
      if (answer.kind === "response") return readDelivery(answer);
      return { kind: "refused", reason: `the platform closed the response stream midway (${answer.error.message})` };
    }
    await unlessAnswered(body.end(trailers));
    return readDelivery(await this.#connection.finish(upload, STREAM_REPLY_WITHIN_MS));
  }

  /**
   * Registers an internal extension without events: only then does Lambda send SIGTERM before it ends the sandbox.
   * The `event/next` that must follow is left open; it never returns for such an extension.
   */
  async registerInternalExtension(engine: Engine, name: string): Promise<Delivery> {
    const body = encoder.encode('{"events":[]}');
    const request = this.#request(
      "POST",
      EXTENSION_REGISTER_PATH,
      { [header.EXTENSION_NAME]: name, "content-type": "application/json" },
      body,
    );
    // Of its own: init may fail meanwhile, and has to be reported.
    const connection = new Connection(engine, this.#address.host, this.#address.port);
    const exchange = await connection.exchange(request, REPLY_WITHIN_MS);
    const delivery = readDelivery(exchange);
    if (exchange.kind !== "response" || delivery.kind !== "accepted") return delivery;
    const identifier = exchange.response.headers.get(header.EXTENSION_ID);
    if (identifier === undefined) return { kind: "refused", reason: "the platform gave the extension no identifier" };
    connection.setRef(false);
    void connection.exchange(
      this.#request("GET", EXTENSION_NEXT_PATH, { [header.EXTENSION_ID]: identifier }, undefined),
    );
    return delivery;
  }

  /** Whether waiting on this connection keeps the process alive. */
  setRef(ref: boolean): void {
    this.#connection.setRef(ref);
  }

  #postError(path: string, category: "Function" | "Runtime", document: ErrorDocument): Promise<Delivery> {
    const headers = {
      "content-type": "application/json",
      [header.ERROR_TYPE]: errorCategory(category, document),
      [header.XRAY_ERROR_CAUSE]: xrayErrorCause(document, process.cwd()),
    };
    return this.#post(path, headers, encoder.encode(JSON.stringify(fitDocument(document, MAX_ERROR_BYTES))));
  }

  async #post(path: string, headers: Record<string, string>, body: Uint8Array): Promise<Delivery> {
    if (body.length <= MAX_COPIED_BODY_BYTES) {
      return readDelivery(await this.#connection.exchange(this.#request("POST", path, headers, body), REPLY_WITHIN_MS));
    }
    const head = this.#request("POST", path, { ...headers, "content-length": String(body.length) }, undefined);
    const upload = await this.#connection.open(head);
    if (upload.kind === "unreachable") return readDelivery(upload);
    await Promise.race([upload.write(body), upload.answered]);
    return readDelivery(await this.#connection.finish(upload, REPLY_WITHIN_MS));
  }

  /** Head and body in one buffer, so that a usual answer leaves in one packet. */
  #request(method: string, path: string, headers: Record<string, string>, body: Uint8Array | undefined): Uint8Array {
    let head = `${method} ${this.#address.prefix}${path} HTTP/1.1\r\nhost: ${this.#address.authority}\r\nuser-agent: ${USER_AGENT}\r\n`;
    for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
    if (body === undefined) return encoder.encode(`${head}\r\n`);
    const start = encoder.encode(`${head}content-length: ${body.length}\r\n\r\n`);
    const request = new Uint8Array(start.length + body.length);
    request.set(start);
    request.set(body, start.length);
    return request;
  }
}

/** `category.Reason`; the platform files any other shape under "Unknown". */
function errorCategory(category: "Function" | "Runtime", document: ErrorDocument): string {
  if (/^(Runtime|Function)\.[A-Z][a-zA-Z]+$/.test(document.errorType)) return document.errorType;
  return /^[A-Z][a-zA-Z]+$/.test(document.errorType) ? `${category}.${document.errorType}` : `${category}.Unknown`;
}
