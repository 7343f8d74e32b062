import type { IncomingMessage } from "node:http";

/**
 * Only programs on this machine may call. Binding to loopback keeps other machines out; this keeps out web pages,
 * which reach loopback through the user's own browser (by DNS rebinding, or with a plain cross-site POST).
 * @returns why the request is refused; undefined when it is welcome.
 */
export function refusalOf(request: IncomingMessage): string | undefined {
  const host = request.headers.host;
  if (host === undefined || !isLoopback(hostName(`http://${host}`))) {
    return `The Host header "${host ?? ""}" does not name this machine: use 127.0.0.1, localhost or a name that ends in .localhost.`;
  }
  const origin = request.headers.origin;
  if (origin !== undefined && !isLoopback(hostName(origin))) {
    return `Requests from the web page ${origin} are refused: only pages served from this machine may call.`;
  }
  return undefined;
}

function hostName(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "";
}

function isLoopback(name: string): boolean {
  // No one can register a name under .localhost, so no foreign DNS can rebind it. Source: RFC 6761, section 6.3.
  return /(^|\.)localhost$/.test(name) || name === "[::1]" || /^127(\.\d{1,3}){3}$/.test(name);
}
