import type { HttpEventKind } from "../http-event.ts";
import { isObject, type JsonObject, objectAt, textAt } from "../shape.ts";

/** A name or address with an optional port. Anything else could move the boundary between host and path. */
const HOST = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/**
 * The URL that the client asked for, as far as the app has to know it: an API's stage is no part of the path.
 * The host is what the client addressed, so that links and redirects lead back to it.
 */
export function eventUrl(event: JsonObject, kind: HttpEventKind, headers: Headers): string {
  const query = eventQuery(event, kind);
  const scheme = headers.get("x-forwarded-proto") === "http" ? "http" : "https";
  return `${scheme}://${eventHost(event, headers)}${escapePath(eventPath(event, kind))}${query === "" ? "" : `?${query}`}`;
}

/** The last one that was checked: nearly every request of an environment has the same. */
let soundHost: string | undefined;

function eventHost(event: JsonObject, headers: Headers): string {
  const host = headers.get("host");
  if (host !== null && (host === soundHost || isSound(host))) {
    soundHost = host;
    return host;
  }
  const domainName = textAt(objectAt(event, "requestContext"), "domainName");
  return domainName !== undefined && isSound(domainName) ? domainName : "localhost";
}

/** No URL takes a port above 65535 or an address like `1.2.3.999`, which look all right. */
function isSound(host: string): boolean {
  return HOST.test(host) && URL.canParse(`https://${host}`);
}

function eventPath(event: JsonObject, kind: HttpEventKind): string {
  const context = objectAt(event, "requestContext");
  switch (kind) {
    case "api-gateway-v1":
      // Of an HTTP API, whose events alone have a version, the stage is part of it.
      return withoutStage(textAt(event, "path") ?? "/", "version" in event ? textAt(context, "stage") : undefined);
    case "alb":
    case "alb-multi-value":
    case "vpc-lattice-v2":
      return textAt(event, "path") ?? "/";
    case "api-gateway-v2":
      return withoutStage(textAt(event, "rawPath") ?? "/", textAt(context, "stage"));
    case "vpc-lattice":
      return textAt(event, "raw_path")?.split("?", 1)[0] ?? "/";
    case "websocket":
      // A name, not a path.
      return `/${encodePart(textAt(context, "routeKey") ?? "").replaceAll("%24", "$")}`;
    default:
      return kind satisfies never;
  }
}

/** HTTP APIs put a named stage in front of the path. */
function withoutStage(path: string, stage: string | undefined): string {
  if (stage === undefined || stage === "$default") return path;
  if (path === `/${stage}`) return "/";
  return path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : path;
}

/**
 * Function URLs, REST APIs and load balancers hand the path on as it was sent; HTTP APIs decode it. What can't stand
 * in a path as it is was decoded, and is escaped again; what is escaped stays so.
 */
function escapePath(path: string): string {
  const absolute = path.startsWith("/") ? path : `/${path}`;
  if (/^[\w\-./~!$&'()*+,;=:@]*$/.test(absolute)) return absolute;
  return absolute.replaceAll(/%(?![0-9a-f]{2})|[^\w\-./~!$&'()*+,;=:@%]+/gi, (part) => encodePart(part));
}

function eventQuery(event: JsonObject, kind: HttpEventKind): string {
  switch (kind) {
    case "api-gateway-v2":
      return escapeQuery(textAt(event, "rawQueryString") ?? "");
    case "alb":
    case "alb-multi-value":
      // Load balancers don't decode it.
      return escapeQuery(joinQuery(event, "queryStringParameters", "multiValueQueryStringParameters", (text) => text));
    case "vpc-lattice":
      return joinQuery(event, "query_string_parameters", "", encodePart);
    case "api-gateway-v1":
    case "vpc-lattice-v2":
    case "websocket":
      return joinQuery(event, "queryStringParameters", "multiValueQueryStringParameters", encodePart);
    default:
      return kind satisfies never;
  }
}

function joinQuery(event: JsonObject, single: string, multiple: string, encode: (text: string) => string): string {
  const all = isObject(event[multiple]) ? event[multiple] : objectAt(event, single);
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(all)) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const one of values) if (typeof one === "string") pairs.push(`${encode(name)}=${encode(one)}`);
  }
  return pairs.join("&");
}

/** JSON can carry half of a surrogate pair, which `encodeURIComponent` throws at; through UTF-8 it is replaced. */
function encodePart(text: string): string {
  return encodeURIComponent(Buffer.from(text, "utf8").toString("utf8"));
}

/** The only character that would end a query; a URL parser escapes the others itself. */
function escapeQuery(query: string): string {
  return query.includes("#") ? query.replaceAll("#", "%23") : query;
}
