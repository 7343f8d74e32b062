import type { HttpEventKind } from "../http-event.ts";
import type { ResponseHeaders } from "./response-headers.ts";
import type { ResultBody } from "./result-body.ts";
import { statusText } from "./status-text.ts";

/** A result in the shape that this kind of caller reads. */
export function formatResult(
  kind: HttpEventKind,
  statusCode: number,
  { headers, cookies }: ResponseHeaders,
  { body, isBase64Encoded }: ResultBody,
): unknown {
  switch (kind) {
    case "api-gateway-v2":
      return cookies.length === 0
        ? { statusCode, headers, body, isBase64Encoded }
        : { statusCode, headers, cookies, body, isBase64Encoded };
    case "api-gateway-v1":
    case "websocket":
      return cookies.length === 0
        ? { statusCode, headers, body, isBase64Encoded }
        : { statusCode, headers, multiValueHeaders: { "set-cookie": cookies }, body, isBase64Encoded };
    case "alb-multi-value":
      return {
        statusCode,
        statusDescription: `${statusCode} ${statusText(statusCode)}`,
        multiValueHeaders: listed(headers, cookies),
        body,
        isBase64Encoded,
      };
    case "alb":
    case "vpc-lattice":
    case "vpc-lattice-v2":
      return {
        statusCode,
        statusDescription: `${statusCode} ${statusText(statusCode)}`,
        headers: cookies.length === 0 ? headers : { ...headers, ...spellings(cookies) },
        body,
        isBase64Encoded,
      };
    default:
      return kind satisfies never;
  }
}

function listed(
  headers: Readonly<Record<string, string>>,
  cookies: readonly string[],
): Record<string, readonly string[]> {
  const lists: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) lists[name] = [value];
  if (cookies.length > 0) lists["set-cookie"] = cookies;
  return lists;
}

/** A map has one value for a name; each spelling of it is another name to the map and the same one to a browser. */
function spellings(cookies: readonly string[]): Record<string, string> {
  const spelled: Record<string, string> = {};
  for (const [index, cookie] of cookies.entries()) spelled[spelling("set-cookie", index)] = cookie;
  return spelled;
}

/** The letters whose bit is set in `index` in upper case: `set-cookie`, `Set-cookie`, `sEt-cookie`, `SEt-cookie`, … */
function spelling(name: string, index: number): string {
  let rest = index;
  return name.replaceAll(/[a-z]/g, (letter) => {
    const upper = rest % 2 === 1;
    rest = Math.floor(rest / 2);
    return upper ? letter.toUpperCase() : letter;
  });
}
