import { isDigits } from "../../protocol/digits.ts";

/**
 * Reads HTTP/1.1 responses from bytes, as they come off a socket: pure, no I/O.
 *
 * Mayfly speaks HTTP itself because no client at hand does what the Runtime API needs: request trailers for a
 * streamed response that fails midway, no proxy variables, no read timeout on `next`, and the certainty that a
 * request is never sent a second time behind our back (that would answer an invocation twice).
 */

export interface ResponseHead {
  readonly status: number;
  /** Names in lower case; of repeated headers the last value. */
  readonly headers: ReadonlyMap<string, string>;
}

type Field = readonly [name: string, value: string];

export interface ReceivedHead extends ResponseHead {
  /** All header lines in their order: name in lower case, value. The Runtime API's answers never need them. */
  readonly fields: readonly Field[];
}

/** Takes a response as it comes. `push` then returns one without a body, once the last byte is in. */
export interface ResponseReceiver {
  /** The request was a HEAD: no body follows, whatever the head says of one. */
  readonly bodiless: boolean;
  /** Text of the head: what servers send in it need not be UTF-8. */
  decode(bytes: Uint8Array): string;
  head(head: ReceivedHead): void;
  /** The next bytes of the body, never none. */
  piece(bytes: Uint8Array): void;
}

export interface HttpResponse extends ResponseHead {
  readonly body: Uint8Array;
  /** False when the server will close the connection after this response. */
  readonly keepAlive: boolean;
}

/** What is known of a response when the connection ends. */
export type UnfinishedResponse =
  | { readonly kind: "nothing" }
  | { readonly kind: "partial-head" }
  | { readonly kind: "partial-body"; readonly head: ResponseHead };

/** The server broke the protocol: nothing that follows on this connection can be trusted. */
export class HttpProtocolError extends Error {
  override readonly name = "HttpProtocolError";
}

// Lambda's events are at most 6 MiB and its headers a few KiB: the bounds only stop a broken server from
// filling the memory of the function.
const MAX_HEAD_BYTES = 256 * 1024;
const MAX_BODY_BYTES = 256 * 1024 * 1024;

type BodyState =
  | { readonly kind: "sized"; readonly buffer: Uint8Array; filled: number }
  | { readonly kind: "pieces"; left: number }
  | { readonly kind: "until-close"; readonly parts: Uint8Array[]; size: number }
  | { readonly kind: "chunk-size"; readonly parts: Uint8Array[]; size: number }
  | { readonly kind: "chunk-data"; readonly parts: Uint8Array[]; size: number; left: number }
  | { readonly kind: "chunk-end"; readonly parts: Uint8Array[]; size: number }
  | { readonly kind: "trailers"; readonly parts: Uint8Array[]; size: number };

const EMPTY = new Uint8Array(0);
const decoder = new TextDecoder();

/** One instance a connection, or with a receiver a request. Feed it with `push`; it hands out one response at a time. */
export class ResponseParser {
  readonly #receiver: ResponseReceiver | undefined;
  #pending: Uint8Array = EMPTY;
  #head: ResponseHead | undefined;
  #body: BodyState | undefined;

  constructor(receiver?: ResponseReceiver) {
    this.#receiver = receiver;
  }

  /** Returns the response once its last byte is in, else `undefined`. Throws `HttpProtocolError`. */
  push(bytes: Uint8Array): HttpResponse | undefined {
    this.#pending = this.#pending.length === 0 ? bytes : concat([this.#pending, bytes]);
    if (this.#head === undefined || this.#body === undefined) {
      if (!this.#readHead()) return undefined;
    }
    return this.#readBody();
  }

  /** The connection has ended: a body that runs until then is complete, anything else is not. */
  end(): HttpResponse | UnfinishedResponse {
    if (this.#head === undefined) return { kind: this.#pending.length === 0 ? "nothing" : "partial-head" };
    if (this.#body?.kind === "until-close") return this.#finish(concat(this.#body.parts));
    return { kind: "partial-body", head: this.#head };
  }

  #readHead(): boolean {
    for (;;) {
      const end = indexOfBlankLine(this.#pending);
      if (end === -1) {
        if (this.#pending.length > MAX_HEAD_BYTES) throw new HttpProtocolError("The response head is too large");
        return false;
      }
      const fields: Field[] | undefined = this.#receiver && [];
      const head = parseHead((this.#receiver ?? decoder).decode(this.#pending.subarray(0, end)), fields);
      this.#pending = this.#pending.subarray(end + 4);
      if (head.status === 101) throw new HttpProtocolError("The server changed the protocol, which nobody asked for");
      // Other 1xx heads announce the real one.
      if (head.status >= 200) {
        this.#head = head;
        this.#body = bodyState(head, this.#receiver);
        if (fields !== undefined) this.#receiver?.head({ ...head, fields });
        return true;
      }
    }
  }

  #readBody(): HttpResponse | undefined {
    for (;;) {
      const body = this.#body;
      if (body === undefined) return undefined;
      switch (body.kind) {
        case "sized": {
          const part = this.#take(body.buffer.length - body.filled);
          // The common case, a response within one read, is handed on without a copy.
          if (body.filled === 0 && part.length === body.buffer.length) return this.#finish(part);
          body.buffer.set(part, body.filled);
          body.filled += part.length;
          return body.filled === body.buffer.length ? this.#finish(body.buffer) : undefined;
        }
        case "pieces": {
          const part = this.#take(body.left);
          body.left -= part.length;
          if (part.length > 0) this.#receiver?.piece(part);
          return body.left === 0 ? this.#finish(EMPTY) : undefined;
        }
        case "until-close":
          this.#keep(body, this.#take(Infinity));
          return undefined;
        case "chunk-size": {
          const line = this.#takeLine();
          if (line === undefined) return undefined;
          const size = /^([0-9a-f]{1,8})[ \t]*(;.*)?$/i.exec(line)?.[1];
          if (size === undefined) throw new HttpProtocolError(`Not a chunk size: ${JSON.stringify(line.slice(0, 40))}`);
          const left = Number.parseInt(size, 16);
          this.#body = { ...body, ...(left === 0 ? { kind: "trailers" } : { kind: "chunk-data", left }) };
          break;
        }
        case "chunk-data": {
          const part = this.#take(body.left);
          this.#keep(body, part);
          body.left -= part.length;
          if (body.left > 0) return undefined;
          this.#body = { kind: "chunk-end", parts: body.parts, size: body.size };
          break;
        }
        case "chunk-end": {
          const line = this.#takeLine();
          if (line === undefined) return undefined;
          if (line !== "") throw new HttpProtocolError("A chunk is longer than it says");
          this.#body = { kind: "chunk-size", parts: body.parts, size: body.size };
          break;
        }
        case "trailers": {
          const line = this.#takeLine();
          if (line === undefined) return undefined;
          if (line === "") return this.#finish(concat(body.parts));
          break;
        }
        default:
          return body satisfies never;
      }
    }
  }

  #finish(body: Uint8Array): HttpResponse {
    const head = this.#head;
    if (head === undefined) throw new HttpProtocolError("A response ended before it began");
    if (this.#pending.length > 0) throw new HttpProtocolError("Bytes follow the response that nobody asked for");
    const keepAlive = this.#body?.kind !== "until-close" && !names(head.headers.get("connection"), "close");
    this.#head = undefined;
    this.#body = undefined;
    return { ...head, body, keepAlive };
  }

  #keep(body: { readonly parts: Uint8Array[]; size: number }, part: Uint8Array): void {
    if (part.length === 0) return;
    if (this.#receiver !== undefined) return this.#receiver.piece(part);
    body.parts.push(part);
    body.size += part.length;
    if (body.size > MAX_BODY_BYTES) throw new HttpProtocolError("The response body is too large");
  }

  #take(most: number): Uint8Array {
    const part = this.#pending.subarray(0, most);
    this.#pending = this.#pending.subarray(part.length);
    return part;
  }

  #takeLine(): string | undefined {
    const end = this.#pending.indexOf(0x0a);
    if (end === -1) {
      if (this.#pending.length > MAX_HEAD_BYTES) throw new HttpProtocolError("A line of the response is too long");
      return undefined;
    }
    const line = decoder.decode(this.#take(end + 1).subarray(0, end));
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  }
}

function bodyState(head: ResponseHead, receiver: ResponseReceiver | undefined): BodyState {
  if (head.status === 204 || head.status === 304 || receiver?.bodiless === true)
    return { kind: "sized", buffer: EMPTY, filled: 0 };
  if (names(head.headers.get("transfer-encoding"), "chunked")) return { kind: "chunk-size", parts: [], size: 0 };
  const length = head.headers.get("content-length");
  if (length === undefined) return { kind: "until-close", parts: [], size: 0 };
  const size = Number(length);
  if (!isDigits(length) || size > MAX_BODY_BYTES) throw new HttpProtocolError(`Not a content length: "${length}"`);
  if (receiver !== undefined) return { kind: "pieces", left: size };
  return { kind: "sized", buffer: new Uint8Array(size), filled: 0 };
}

/** @param fields takes all header lines, where somebody wants them */
function parseHead(text: string, fields: Field[] | undefined): ResponseHead {
  const lines = text.split("\r\n");
  const [version, status = ""] = (lines[0] ?? "").split(" ", 2);
  if ((version !== "HTTP/1.1" && version !== "HTTP/1.0") || status.length !== 3 || !isDigits(status))
    throw new HttpProtocolError(`Not an HTTP response: ${JSON.stringify(lines[0]?.slice(0, 80))}`);
  const headers = new Map<string, string>();
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(":");
    if (colon < 1) throw new HttpProtocolError(`Not a header: ${JSON.stringify(line.slice(0, 80))}`);
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers.set(name, value);
    fields?.push([name, value]);
  }
  if (version === "HTTP/1.0" && !headers.has("connection")) headers.set("connection", "close");
  return { status: Number(status), headers };
}

/** Whether a header that lists names has this one. */
function names(list: string | undefined, name: string): boolean {
  for (const item of list?.split(",") ?? []) if (item.trim().toLowerCase() === name) return true;
  return false;
}

function indexOfBlankLine(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(0x0d); at !== -1; at = bytes.indexOf(0x0d, at + 1)) {
    if (bytes[at + 1] === 0x0a && bytes[at + 2] === 0x0d && bytes[at + 3] === 0x0a) return at;
  }
  return -1;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  let size = 0;
  for (const part of parts) size += part.length;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
