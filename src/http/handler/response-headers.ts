import { fromByteString } from "../header-text.ts";
import { HOP_BY_HOP } from "../hop-by-hop.ts";

export interface ResponseHeaders {
  /** Lower-case names; several values of one name are joined, as `Headers` does. */
  readonly headers: Record<string, string>;
  /** `set-cookie` can't be joined. */
  readonly cookies: readonly string[];
}

export function responseHeaders(response: Response): ResponseHeaders {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  // oxlint-disable-next-line unicorn/no-array-for-each -- iterating Headers in the engine is several times slower
  response.headers.forEach((value, name) => {
    if (name === "set-cookie") cookies.push(fromByteString(value));
    else if (!HOP_BY_HOP.has(name)) headers[name] = fromByteString(value);
  });
  return { headers, cookies };
}
