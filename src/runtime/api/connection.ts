import type { ByteSocket, Engine } from "../engine/engine.ts";
import { asError } from "../thrown.ts";
import { HttpProtocolError, type HttpResponse, ResponseParser, type UnfinishedResponse } from "./http1.ts";

/** How one request ended. Every failure says how much of it the server can have seen. */
export type Exchange =
  | { readonly kind: "response"; readonly response: HttpResponse }
  /** No connection could be made: the server has seen nothing. */
  | { readonly kind: "unreachable"; readonly error: Error }
  /** The connection ended before the whole response was in: the server may have acted on the request. */
  | { readonly kind: "dropped"; readonly received: UnfinishedResponse; readonly error: Error };

/** A request body sent piece by piece. */
export interface Upload {
  /** Resolves when the kernel has taken the bytes, which is how a slow reader holds the writer back. */
  write(bytes: Uint8Array): Promise<void>;
  /** Settles as soon as the server has answered or the connection is gone, at the end or midway. Never rejects. */
  readonly answered: Promise<Exchange>;
}

/** Above it a second write is cheaper than a copy of the body behind its head. */
export const MAX_COPIED_BODY_BYTES: number = 64 * 1024;

/**
 * One keep-alive HTTP/1.1 connection, one request at a time, opened when first needed and again after the server
 * has closed it. Never sends a request twice.
 */
export class Connection {
  readonly #engine: Engine;
  readonly #host: string;
  readonly #port: number;
  #socket: ByteSocket | undefined;
  #parser = new ResponseParser();
  #settle: ((exchange: Exchange) => void) | undefined;
  #ref = true;

  constructor(engine: Engine, host: string, port: number) {
    this.#engine = engine;
    this.#host = host;
    this.#port = port;
  }

  /** Sends a whole request. With `replyWithinMs` the wait for the answer, once everything is sent, is bounded. */
  async exchange(request: Uint8Array, replyWithinMs?: number): Promise<Exchange> {
    const upload = await this.open(request);
    if (upload.kind === "unreachable") return upload;
    return replyWithinMs === undefined ? upload.answered : this.#bounded(upload.answered, replyWithinMs);
  }

  /** Sends the start of a request whose body follows through `Upload.write`. */
  async open(head: Uint8Array): Promise<({ readonly kind: "open" } & Upload) | (Exchange & { kind: "unreachable" })> {
    let socket: ByteSocket;
    try {
      socket = this.#socket ?? (await this.#connect());
    } catch (error) {
      return { kind: "unreachable", error: asError(error) };
    }
    const answered = new Promise<Exchange>((resolve) => {
      this.#settle = resolve;
    });
    // A write that fails means the connection is closing: `answered` tells what became of the request.
    const write = (bytes: Uint8Array): Promise<void> => socket.write(bytes).catch(() => undefined);
    await Promise.race([write(head), answered]);
    return { kind: "open", write, answered };
  }

  /** Bounds the wait for an answer to a body that is fully sent. */
  async #bounded(answered: Promise<Exchange>, ms: number): Promise<Exchange> {
    const timer = setTimeout(() => this.#drop(new Error(`No answer came within ${ms / 1000} s`)), ms);
    const exchange = await answered;
    clearTimeout(timer);
    return exchange;
  }

  finish(upload: Upload, replyWithinMs: number): Promise<Exchange> {
    return this.#bounded(upload.answered, replyWithinMs);
  }

  /** Whether this connection keeps the process alive while it waits. */
  setRef(ref: boolean): void {
    this.#ref = ref;
    this.#socket?.setRef(ref);
  }

  close(): void {
    this.#drop(new Error("The connection was closed by this side"));
  }

  async #connect(): Promise<ByteSocket> {
    this.#parser = new ResponseParser();
    let gone = false;
    const socket = await this.#engine.connect(this.#host, this.#port, {
      data: (bytes) => this.#receive(bytes),
      closed: (error) => {
        gone = true;
        this.#closed(error);
      },
    });
    if (gone) throw new Error("The connection was closed as soon as it was made");
    socket.setRef(this.#ref);
    this.#socket = socket;
    return socket;
  }

  #receive(bytes: Uint8Array): void {
    let response: HttpResponse | undefined;
    try {
      if (this.#settle === undefined) throw new HttpProtocolError("Bytes arrived that nobody asked for");
      response = this.#parser.push(bytes);
    } catch (error) {
      this.#drop(asError(error));
      return;
    }
    if (response !== undefined) this.#answer(response);
  }

  #answer(response: HttpResponse): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.({ kind: "response", response });
    if (!response.keepAlive) this.#drop(new Error("The server closed the connection"));
  }

  #closed(error: Error | undefined): void {
    this.#socket = undefined;
    const settle = this.#settle;
    if (settle === undefined) return;
    this.#settle = undefined;
    const end = this.#parser.end();
    if ("kind" in end)
      settle({ kind: "dropped", received: end, error: error ?? new Error("The connection was closed") });
    else settle({ kind: "response", response: end });
  }

  #drop(error: Error): void {
    const socket = this.#socket;
    this.#closed(error);
    socket?.close();
  }
}
