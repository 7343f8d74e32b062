import { serverHeaders } from "../http/server-headers.ts";

/** What may be sent once more when a kept connection turns out to be dead. Source: RFC 9110, section 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/**
 * To the server it is the request that came to Lambda's front: same method, path, headers and body.
 *
 * A process that was frozen meets connections which the server has closed meanwhile: only requests that can be sent
 * again are sent on a kept one, and are then sent again.
 * @param origin `http://127.0.0.1:8080`
 */
export async function forward(request: Request, origin: string): Promise<Response> {
  const front = new URL(request.url);
  const url = `${origin}${front.pathname}${front.search}`;
  const { signal } = request;
  const options: BunFetchRequestInit = {
    method: request.method,
    headers: serverHeaders(request, front),
    redirect: "manual",
    signal,
    // What the server compressed goes out as it is.
    decompress: false,
    // The invocation has its own deadline.
    timeout: false,
  };
  if (request.body !== null) options.body = await request.arrayBuffer();
  if (IDEMPOTENT.has(request.method)) {
    try {
      return await fetch(url, { ...options, keepalive: true });
    } catch (error) {
      if (signal.aborted || isRefused(error)) throw error;
      // The connection may have been dead before the request was sent: once more, on one of its own.
    }
  }
  return fetch(url, { ...options, keepalive: false });
}

/** Nobody listens there. */
export function isRefused(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ConnectionRefused";
}
