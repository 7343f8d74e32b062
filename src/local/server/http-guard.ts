import type { IncomingMessage } from "node:http";

/** `pages`: people may come to it by a link from any page, as to a site. `programs`: nobody comes by a link. */
export type Audience = "pages" | "programs";

/**
 * Only programs on this machine may call. Binding to loopback keeps other machines out; this keeps out web pages,
 * which reach loopback through the user's own browser: by DNS rebinding, with a cross-site request that has an Origin,
 * or with one that has none, such as an image's.
 * @returns why the request is refused; undefined when it is welcome.
 */
export function refusalOf(request: IncomingMessage, audience: Audience): string | undefined {
  const { host, origin } = request.headers;
  // Of two, Node.js shows the first; what is in between may have looked at the second.
  if (countOf(request, "host") > 1) return "There are two Host headers.";
  if (host === undefined || !namesLoopback(host)) {
    return `The Host header "${host ?? ""}" does not name this machine: use 127.0.0.1, localhost or a name that ends in .localhost.`;
  }
  if (origin !== undefined) {
    if (namesLoopback(origin.replace(SCHEME, ""))) return undefined;
    return `Requests from the web page ${origin} are refused: only pages served from this machine may call.`;
  }
  if (request.headers["sec-fetch-site"] === "cross-site" && !(audience === "pages" && isVisit(request))) {
    return "A web page of another site has asked for this without saying who it is, as an image or a script: only pages served from this machine may call, those under another name with fetch or crossorigin.";
  }
  return undefined;
}

const SCHEME = /^[a-z][a-z\d+.-]*:\/\//i;

/** A name or address and perhaps a port: no user, path or anything else that an address can have. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i;

/** Somebody goes there, so that the browser shows it in place of the page that led there. */
function isVisit({ method, headers }: IncomingMessage): boolean {
  const safe = method === "GET" || method === "HEAD";
  return safe && headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
}

function namesLoopback(host: string): boolean {
  const url = `http://${host}`;
  if (!HOST.test(host) || !URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  // No one can register a name under .localhost, so no foreign DNS can rebind it. Source: RFC 6761, section 6.3.
  return /(^|\.)localhost$/.test(hostname) || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function countOf({ rawHeaders }: IncomingMessage, name: string): number {
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length;
}
