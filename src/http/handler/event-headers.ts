import { toByteString } from "../header-text.ts";
import type { HttpEventKind } from "../http-event.ts";
import { RequestFault } from "./request-fault.ts";
import { type JsonObject, objectAt } from "../shape.ts";

/**
 * All header fields of an event, duplicates and cookies included.
 * @throws RequestFault for a name or value that HTTP doesn't allow: AWS lets none through, a direct invocation can
 */
export function eventHeaders(event: JsonObject, kind: HttpEventKind): Headers {
  const headers = new Headers();
  const single = objectAt(event, "headers");
  const multiple = kind === "vpc-lattice-v2" ? single : objectAt(event, "multiValueHeaders");
  for (const name in multiple) {
    const values = multiple[name];
    if (!Array.isArray(values)) continue;
    // Several Cookie lines are one list, and its separator isn't the comma.
    if (name.toLowerCase() === "cookie") append(headers, name, values.join("; "));
    else for (const value of values) append(headers, name, value);
  }
  for (const name in single) {
    // REST APIs send each header in both maps; only the other has all its values.
    if (!Object.hasOwn(multiple, name)) append(headers, name, single[name]);
  }
  const { cookies } = event;
  if (kind === "api-gateway-v2" && Array.isArray(cookies) && cookies.length > 0) {
    headers.delete("cookie");
    append(headers, "cookie", cookies.join("; "));
  }
  return headers;
}

function append(headers: Headers, name: string, value: unknown): void {
  if (typeof value !== "string") return;
  try {
    headers.append(name, toByteString(value));
  } catch {
    throw new RequestFault(400, `The header ${JSON.stringify(name)} has a name or value that HTTP doesn't allow.`);
  }
}
