import { memberOf } from "./bun-message.ts";

/** What most programs send, so that others alone need a look. */
const COMMON = new Set<unknown>(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]);

/** What RFC 9110 lets a method be. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** The method that a request is to have of which the engine may not know. */
function uncommon(input: unknown, init: unknown): string | undefined {
  const method = memberOf(init, "method");
  if (method === undefined)
    return input instanceof Request && Object.hasOwn(input, "method") ? input.method : undefined;
  // Whatever else it is, the engine says what is wrong with it.
  return typeof method !== "string" || COMMON.has(method) ? undefined : method;
}

/** Has a request say a method that the engine doesn't know, which it takes for GET. */
export function keepMethod<R extends object>(request: R, input: unknown, init: unknown): R {
  const method = uncommon(input, init);
  if (method === undefined || method.toUpperCase() === memberOf(request, "method")) return request;
  if (!TOKEN.test(method)) throw new TypeError(`'${method}' is not a valid HTTP method.`);
  const clone = memberOf(request, "clone");
  return Object.defineProperties(request, {
    method: { value: method, enumerable: true },
    clone: {
      value: (): object => {
        const copy: unknown = typeof clone === "function" ? Reflect.apply(clone, request, []) : undefined;
        return typeof copy === "object" && copy !== null ? keepMethod(copy, request, undefined) : request;
      },
    },
  });
}

/**
 * The method with which a call of `fetch` would go out as GET.
 * @param native the engine's own class
 */
export function lostMethod(native: typeof Request, input: unknown, init: unknown): string | undefined {
  const method = uncommon(input, init);
  if (method === undefined) return undefined;
  return new native("http://localhost/", { method }).method === method.toUpperCase() ? undefined : method;
}
