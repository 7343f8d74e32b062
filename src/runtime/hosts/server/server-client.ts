import { MAX_COPIED_BODY_BYTES } from "../../api/connection.ts";
import type { Engine } from "../../engine/engine.ts";
import { ServerConnection } from "./server-connection.ts";
import { serverHeaders } from "../http/server-headers.ts";

/** Their requests say that they have no body. Source: RFC 9110, section 8.6. */
const WITH_BODY: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/**
 * Passes requests on to a server in this process, as many at a time as are given, each on a connection of its own that
 * the next one may use. It is not the engine's `fetch`, because that works on a thread of its own, which takes three
 * times as long, adds `accept` and `user-agent` where the client sent none, and may send a request twice.
 */
export class ServerClient {
  readonly #engine: Engine;
  readonly #port: number;
  readonly #idle: ServerConnection[] = [];

  constructor(engine: Engine, port: number) {
    this.#engine = engine;
    this.#port = port;
  }

  /**
   * To the server it is the request that came to Lambda's front: same method, path, headers and body. Resolves once the
   * head of the answer is there; rejects if none comes, and with the signal's reason when that aborts.
   */
  async send(request: Request, { keepsConnection }: { readonly keepsConnection: boolean }): Promise<Response> {
    const parts = await serialize(request, keepsConnection);
    const { method, signal } = request;
    const connection = this.#takeIdle() ?? (await ServerConnection.open(this.#engine, this.#port));
    const free = (): void => {
      if (keepsConnection) this.#idle.push(connection);
      else connection.close();
    };
    return connection.exchange({ parts, bodiless: method === "HEAD", signal, free });
  }

  #takeIdle(): ServerConnection | undefined {
    for (let last = this.#idle.pop(); last !== undefined; last = this.#idle.pop()) if (last.isOpen) return last;
    return undefined;
  }
}

async function serialize(request: Request, keepsConnection: boolean): Promise<readonly Uint8Array[]> {
  const { method } = request;
  const front = new URL(request.url);
  const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
  let head = `${method} ${front.pathname}${front.search} HTTP/1.1\r\n`;
  // oxlint-disable-next-line unicorn/no-array-for-each -- iterating Headers in the engine is several times slower
  serverHeaders(request, front).forEach((value, name) => {
    head += `${name}: ${value}\r\n`;
  });
  if (body !== undefined || WITH_BODY.has(method)) head += `content-length: ${body?.length ?? 0}\r\n`;
  if (!keepsConnection) head += "connection: close\r\n";
  // One byte a character is how `Headers` holds them, whatever they mean.
  const start = Buffer.from(`${head}\r\n`, "latin1");
  if (body === undefined || body.length === 0) return [start];
  return body.length <= MAX_COPIED_BODY_BYTES ? [Buffer.concat([start, body])] : [start, body];
}
