import type { ErrorDocument } from "../../protocol/error-document.ts";
import * as header from "../../protocol/headers.ts";
import { MAX_ERROR_BYTES } from "../../protocol/limits.ts";
import { errorPath, INIT_ERROR_PATH, NEXT_PATH, responsePath } from "../../protocol/paths.ts";
import { xrayErrorCause } from "../../protocol/xray-cause.ts";
import { fitDocument } from "../describe-error.ts";
import type { Engine } from "../engine/engine.ts";
import type { StreamSource } from "../outcome.ts";
import type { RuntimeApiAddress } from "./address.ts";
import { type Delivery, type Next, readDelivery, readNext, unfinishedNext } from "./api-answers.ts";
import { Connection, MAX_COPIED_BODY_BYTES } from "./connection.ts";
import { errorCategory } from "./error-category.ts";
import { formatRequest, REPLY_WITHIN_MS } from "./request.ts";
import { uploadStream } from "./stream-upload.ts";

/** `next` is safe to ask again as long as not one byte of an answer was seen. */
const NEXT_ATTEMPTS = 5;
const FIRST_RETRY_MS = 50;

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
    this.#nextRequest = formatRequest(address, "GET", NEXT_PATH, {});
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

  /** `first` is in hand; an error of the source is sent behind what came before it. */
  respondStreaming(requestId: string, first: Uint8Array, source: StreamSource): Promise<Delivery> {
    return uploadStream(this.#connection, this.#address, requestId, first, source);
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

  async #post(path: string, headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<Delivery> {
    if (body.length <= MAX_COPIED_BODY_BYTES) {
      const request = formatRequest(this.#address, "POST", path, headers, body);
      return readDelivery(await this.#connection.exchange(request, REPLY_WITHIN_MS));
    }
    const sized = { ...headers, "content-length": String(body.length) };
    const upload = await this.#connection.open(formatRequest(this.#address, "POST", path, sized));
    if (upload.kind === "unreachable") return readDelivery(upload);
    await Promise.race([upload.write(body), upload.answered]);
    return readDelivery(await this.#connection.finish(upload, REPLY_WITHIN_MS));
  }
}
