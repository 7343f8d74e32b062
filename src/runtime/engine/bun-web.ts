import { likeNode } from "./bun-dom-exception.ts";

const TEXT = "text/plain;charset=UTF-8";

/**
 * Gives bodies the content type that Node.js gives them, which the Fetch standard says: text has one, and a Blob's or
 * JSON's has no charset that nobody wrote. Proxies, so that prototypes, static members and `instanceof` are the
 * engine's. What is made of bytes, streams and forms is the engine's business.
 */
export function webTypesLikeNode(): void {
  const response = Response;
  const request = Request;
  const blob = Blob;
  globalThis.Response = new Proxy(response, {
    construct: (target, given: readonly unknown[], by) => named(Reflect.construct(target, given, by), given[0]),
  });
  globalThis.Request = new Proxy(request, {
    construct: (target, given: readonly unknown[], by) => named(Reflect.construct(target, given, by), bodyOf(given[1])),
  });
  globalThis.Blob = new Proxy(blob, {
    construct: (target, [parts, options]: readonly unknown[], by) =>
      made(Reflect.construct(target, [parts, asWritten(options)], by)),
  });
  globalThis.File = new Proxy(File, {
    construct: (target, [parts, name, options]: readonly unknown[], by) =>
      made(Reflect.construct(target, [parts, name, asWritten(options)], by)),
  });
  globalThis.fetch = new Proxy(fetch, {
    apply: (target, self, given: readonly unknown[]): unknown => {
      // Frames are all that it takes now; they become text if something fails.
      const here = new Error("fetch failed");
      const answer: unknown = Reflect.apply(target, self, withType(given));
      return answer instanceof Promise ? answer.catch((thrown: unknown) => rethrow(thrown, here, given[0])) : answer;
    },
  });
  response.prototype.constructor = globalThis.Response;
  request.prototype.constructor = globalThis.Request;
  // File has no prototype of its own here.
  blob.prototype.constructor = globalThis.Blob;

  // oxlint-disable-next-line typescript/unbound-method -- called with a `this` below
  const slice = blob.prototype.slice;
  blob.prototype.slice = function (this: Blob, start, end, type): Blob {
    return slice.call(this, start, end, type === undefined ? undefined : spelled(type));
  };
  // oxlint-disable-next-line typescript/unbound-method -- as above
  const json = response.json;
  response.json = (value, init): Response => {
    const answer = json.call(response, value, init);
    if (!new Headers(init?.headers).has("content-type")) answer.headers.set("content-type", "application/json");
    return answer;
  };
}

/** A failed connection is what Node.js makes of it, "fetch failed" with the reason as cause, which here tells the URL. */
function rethrow(thrown: unknown, here: Error, input: unknown): never {
  if (!(thrown instanceof TypeError) || !("path" in thrown) || !("code" in thrown)) throw likeNode(thrown);
  const { path, code, message } = thrown;
  const cause = Object.assign(new Error(`${message}: ${addressOf(input, path)}`), { code });
  cause.stack = `Error: ${cause.message}`;
  thrown.cause ??= cause;
  thrown.message = here.message;
  thrown.stack = here.stack?.replace("Error", "TypeError") ?? "";
  throw thrown;
}

/** Where it went, without what may be secret. */
function addressOf(input: unknown, path: unknown): string {
  const text = input instanceof Request ? input.url : String(path);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url === undefined ? text : url.origin + url.pathname;
}

/** What `Reflect.construct` gives, which no type says. */
function made(value: unknown): object {
  if (typeof value !== "object" || value === null) throw new TypeError("A constructor made no object");
  return value;
}

function named(value: unknown, body: unknown): object {
  const message = made(value);
  const headers: unknown = isText(body) ? Reflect.get(message, "headers") : undefined;
  if (headers instanceof Headers && !headers.has("content-type")) headers.set("content-type", TEXT);
  return message;
}

function bodyOf(init: unknown): unknown {
  return typeof init === "object" && init !== null ? Reflect.get(init, "body") : undefined;
}

/** Whether it is sent as text: strings, and whatever is none of the things that are a body. */
function isText(body: unknown): boolean {
  if (typeof body !== "object") return body !== undefined;
  if (body === null || body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return false;
  return !(
    Symbol.asyncIterator in body ||
    // A Blob without a type, and the other ways to have bytes.
    "arrayBuffer" in body ||
    body instanceof FormData ||
    body instanceof URLSearchParams ||
    body instanceof SharedArrayBuffer
  );
}

/** The parameters of `fetch`, with the type of a text among its headers. */
function withType(given: readonly unknown[]): readonly unknown[] {
  const [input, init, ...others] = given;
  if (typeof init !== "object" || init === null || !isText(bodyOf(init))) return given;
  const own: unknown = Reflect.get(init, "headers");
  const headers = new Headers(isHeaders(own) ? own : input instanceof Request ? input.headers : undefined);
  if (headers.has("content-type")) return given;
  headers.set("content-type", TEXT);
  return [input, { ...init, headers }, ...others];
}

function isHeaders(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null;
}

/** Options for a Blob whose type stays what it is. */
function asWritten(options: unknown): unknown {
  if (typeof options !== "object" || options === null) return options;
  const type: unknown = Reflect.get(options, "type");
  return typeof type === "string" ? { ...options, type: spelled(type) } : options;
}

/** The engine adds a charset to the types it knows, or gives them another name; not where the first letter is a capital. It makes that small. */
function spelled(type: string): string {
  return type.slice(0, 1).toUpperCase() + type.slice(1);
}
