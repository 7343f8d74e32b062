import { fromByteString } from "../header-text.ts";
import { HOP_BY_HOP } from "../hop-by-hop.ts";
import type { HeaderList } from "../http-event.ts";

/** A request as it came over the wire. Header values are byte strings: each character one byte. */
export interface WireRequest {
  readonly method: string;
  /** Path and query as on the request line, undecoded: `/a%20b?x=1`. */
  readonly target: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  readonly sourceIp: string;
  /** `HTTP/1.1` */
  readonly protocol: string;
  /** `http` or `https`, for `x-forwarded-proto`. */
  readonly scheme: "http" | "https";
  /** Of the client's connection, for `x-forwarded-port`. */
  readonly port: number;
  readonly requestId: string;
  readonly receivedAt: Date;
}

/** What the front stands for, where the event shows it. */
export interface FrontIdentity {
  /** `123456789012` */
  readonly accountId: string;
  /** API or URL id, as in `abcdefghij.execute-api.us-east-1.amazonaws.com`. */
  readonly apiId: string;
  readonly region: string;
  /** `$default` for HTTP APIs and function URLs, else as in `prod`. */
  readonly stage: string;
  /** Media types that a REST API takes and gives as bytes; AWS's own default is none. `*\/*` is all. */
  readonly binaryMediaTypes: readonly string[];
}

/**
 * A response to put on the wire; header values are byte strings. The server adds `date`, `connection` and
 * `content-length`.
 */
export interface WireResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

export interface Target {
  /** `/a%20b` */
  readonly path: string;
  /** Without the question mark; empty if there is none. */
  readonly query: string;
}

/** A client may also send the whole URL on the request line, as to a proxy. */
export function splitTarget(target: string): Target {
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(target)?.[0] ?? "";
  const [path = "", ...query] = target.slice(origin.length).split("?");
  return { path: path.startsWith("/") ? path : `/${path}`, query: query.join("?") };
}

/** The fields that a front hands on, with those that it adds itself. `forwarded-for` grows by one hop. */
export function forwardedHeaders(request: WireRequest): HeaderList {
  const kept = request.headers.filter(([name]) => !isReplaced(name.toLowerCase()));
  const earlier = request.headers
    .filter(([name]) => name.toLowerCase() === "x-forwarded-for")
    .map(([, value]) => value);
  return [
    ...kept.map(([name, value]) => [name, fromByteString(value)] as const),
    ["X-Forwarded-For", [...earlier, request.sourceIp].join(", ")],
    ["X-Forwarded-Port", String(request.port)],
    ["X-Forwarded-Proto", request.scheme],
  ];
}

function isReplaced(name: string): boolean {
  return HOP_BY_HOP.has(name) || /^x-forwarded-(?:for|port|proto)$/.test(name);
}

/** The values of each name, in the order they were sent; names in the spelling that came first, or in lower case. */
export function groupHeaders(headers: HeaderList, lowerCase: boolean): Record<string, string[]> {
  const groups = emptyMap<string[]>();
  const spellings = new Map<string, string>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    const key = lowerCase ? lower : (spellings.get(lower) ?? name);
    spellings.set(lower, key);
    (groups[key] ??= []).push(value);
  }
  return groups;
}

/** `a=1&a=2&b` as `{a: ["1", "2"], b: [""]}`; `decode` is applied to names and values. */
export function groupQuery(query: string, decode: (text: string) => string): Record<string, string[]> {
  const groups = emptyMap<string[]>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const [name = "", ...value] = pair.split("=");
    (groups[decode(name)] ??= []).push(decode(value.join("=")));
  }
  return groups;
}

export function mapValues(
  groups: Readonly<Record<string, readonly string[]>>,
  one: (values: readonly string[]) => string,
): Record<string, string> {
  const mapped = emptyMap<string>();
  for (const [name, values] of Object.entries(groups)) mapped[name] = one(values);
  return mapped;
}

/** Where one value stands for all of them. */
export function lastOf(values: readonly string[]): string {
  return values.at(-1) ?? "";
}

/** Without a prototype: a client may name a header `__proto__`. */
function emptyMap<Value>(): Record<string, Value> {
  const map: Record<string, Value> = {};
  Object.setPrototypeOf(map, null);
  return map;
}

/** As in a form: `+` is a space. What is no valid escape stays as it is. */
export function decodeFormPart(text: string): string {
  return decodePart(text.replaceAll("+", " "));
}

export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `12/Mar/2020:19:03:58 +0000` */
export function logTime(date: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}

export function headerOf(request: WireRequest, name: string): string | undefined {
  return request.headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
}
