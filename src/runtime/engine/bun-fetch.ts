import { likeNode } from "./bun-dom-exception.ts";
import { isText, memberOf, TEXT } from "./bun-message.ts";
import { lostMethod } from "./bun-method.ts";

type Fetch = typeof fetch;

/**
 * A `fetch` whose bodies have the content type that they have in Node.js, and whose failures are those of Node.js, which
 * libraries that try again know.
 * @param request the engine's own class
 */
export function fetchLikeNode(native: Fetch, request: typeof Request): Fetch {
  return new Proxy(native, {
    apply: (target, self, given: readonly unknown[]): unknown => {
      // Frames are all that it takes now; they become text if something fails.
      const here = new Error("fetch failed");
      const lost = lostMethod(request, given[0], given[1]);
      if (lost !== undefined) {
        return Promise.reject(new TypeError(`fetch can't send the method ${lost} here; node:http can`));
      }
      const address = given[0] instanceof Request ? given[0].url : String(given[0]);
      const answer: unknown = address.startsWith("data:")
        ? ofData(address)
        : Reflect.apply(target, self, withType(given));
      return answer instanceof Promise ? answer.catch((thrown: unknown) => rethrow(thrown, here, given[0])) : answer;
    },
  });
}

/** The parameters of `fetch`, with the type of a text among its headers. */
function withType(given: readonly unknown[]): readonly unknown[] {
  const [input, init, ...others] = given;
  if (typeof init !== "object" || init === null || !isText(memberOf(init, "body"))) return given;
  const own: unknown = Reflect.get(init, "headers");
  const headers = new Headers(isHeaders(own) ? own : input instanceof Request ? input.headers : undefined);
  if (headers.has("content-type")) return given;
  headers.set("content-type", TEXT);
  return [input, { ...init, headers }, ...others];
}

function isHeaders(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null;
}

async function ofData(address: string): Promise<Response> {
  return (await import("./data-url.ts")).dataResponse(address);
}

/** Throws what Node.js throws: "fetch failed" with the reason as cause, which here tells the URL. */
function rethrow(thrown: unknown, here: Error, input: unknown): never {
  if (!(thrown instanceof TypeError)) throw likeNode(thrown, here);
  if (String(input).startsWith("data:")) throw failed(new TypeError(thrown.message, { cause: thrown }), here);
  if (!("code" in thrown)) throw thrown;
  const { code, message } = thrown;
  if (code === "ERR_INVALID_URL") {
    thrown.cause ??= Object.assign(new TypeError("Invalid URL"), { code, input: String(input) });
    throw failed(thrown, here, `Failed to parse URL from ${String(input)}`);
  }
  if (message.startsWith("protocol must be ")) {
    thrown.cause ??= new Error("unknown scheme");
    throw failed(thrown, here);
  }
  if (!("path" in thrown)) throw thrown;
  const cause = Object.assign(new Error(`${message}: ${addressOf(input, thrown.path)}`), { code });
  cause.stack = `Error: ${cause.message}`;
  thrown.cause ??= cause;
  throw failed(thrown, here);
}

/** The error with the place of the call. */
function failed(error: TypeError, here: Error, message = here.message): TypeError {
  error.message = message;
  error.stack = here.stack?.replace(`Error: ${here.message}`, `TypeError: ${message}`) ?? "";
  return error;
}

/** Where it went, without what may be secret. */
function addressOf(input: unknown, path: unknown): string {
  const text = input instanceof Request ? input.url : String(path);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url === undefined ? text : url.origin + url.pathname;
}
