import { fileClass, listed, asWritten, blobsAsSaid, slicesAsSaid } from "./bun-blob.ts";
import { fetchLikeNode } from "./bun-fetch.ts";
import { headersLikeNode } from "./bun-headers.ts";
import { isText, memberOf, ownTypeOf, TEXT } from "./bun-message.ts";
import { keepMethod } from "./bun-method.ts";

/**
 * Gives bodies the content type that Node.js gives them, which the Fetch standard says: text has one, and a Blob's or
 * JSON's has no charset that nobody wrote. Proxies, so that prototypes, static members and `instanceof` are the
 * engine's; of File alone there is a class of its own, since the engine takes every Blob for one.
 */
export function webTypesLikeNode(): void {
  const response = Response;
  const request = Request;
  const blob = Blob;
  globalThis.Response = new Proxy(response, {
    construct: (target, given: readonly unknown[], by) => named(Reflect.construct(target, given, by), given[0]),
  });
  globalThis.Request = new Proxy(request, {
    construct: (target, given: readonly unknown[], by) => {
      const [, init] = given;
      const message = named(constructed(target, given, by), memberOf(init, "body"));
      return keepMethod(message, given[0], init);
    },
  });
  globalThis.Blob = new Proxy(blob, {
    construct: (target, [parts, options]: readonly unknown[], by) =>
      made(Reflect.construct(target, [listed(parts), asWritten(options)], by)),
  });
  globalThis.File = fileClass(File, globalThis.Blob);
  globalThis.fetch = fetchLikeNode(fetch, request);
  response.prototype.constructor = globalThis.Response;
  request.prototype.constructor = globalThis.Request;
  blob.prototype.constructor = globalThis.Blob;
  slicesAsSaid(blob.prototype);
  blobsAsSaid(response.prototype);
  blobsAsSaid(request.prototype);
  headersLikeNode();

  // oxlint-disable-next-line typescript/unbound-method -- called with a `this` below
  const json = response.json;
  response.json = (value, init): Response => {
    const answer = json.call(response, value, init);
    if (!new Headers(init?.headers).has("content-type")) answer.headers.set("content-type", "application/json");
    return answer;
  };
}

/** A request, or the error of Node.js where there is no such URL. */
function constructed(target: typeof Request, given: readonly unknown[], by: NewableFunction): unknown {
  try {
    return Reflect.construct(target, given, by);
  } catch (error) {
    const address = String(given[0]);
    if (given[0] instanceof Request || URL.canParse(address)) throw error;
    throw new TypeError(`Failed to parse URL from ${address}`, { cause: error });
  }
}

/** What `Reflect.construct` gives, which no type says. */
function made(value: unknown): object {
  if (typeof value !== "object" || value === null) throw new TypeError("A constructor made no object");
  return value;
}

function named(value: unknown, body: unknown): object {
  const message = made(value);
  const text = isText(body);
  const headers: unknown = text || ownTypeOf(body) ? Reflect.get(message, "headers") : undefined;
  if (text && headers instanceof Headers && !headers.has("content-type")) headers.set("content-type", TEXT);
  return message;
}
