/** The content type of a text. */
export const TEXT = "text/plain;charset=UTF-8";

/** A property of what may be an object. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** Whether a body is sent as text: strings, and whatever is none of the things that are a body. */
export function isText(body: unknown): boolean {
  if (typeof body !== "object") return body !== undefined;
  if (body === null || body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return false;
  return !(Symbol.asyncIterator in body || ownTypeOf(body) || body instanceof SharedArrayBuffer);
}

/** Whether a body says its type itself. The engine forgets it with the body, unless somebody has looked at the headers. */
export function ownTypeOf(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return false;
  // A Blob, and the other ways to have bytes.
  return "arrayBuffer" in body || body instanceof FormData || body instanceof URLSearchParams;
}
