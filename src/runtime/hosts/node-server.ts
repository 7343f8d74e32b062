import { lambdaEvent } from "../lambda-event.ts";
import type { FetchApp, NodeApp } from "./resolve.ts";

/** Where each of them keeps the server itself; an `http.Server` is its own. */
interface NodeServer extends NodeApp {
  readonly listening: boolean;
  address(): unknown;
  once(event: string, listener: (argument: unknown) => void): unknown;
}

/** Where the Lambda Web Adapter puts it too, so that an app which reads it there needs no change. */
const REQUEST_CONTEXT = "x-amzn-request-context";

/**
 * Starts a server inside this process, on a port of the loopback interface, and gives what passes requests on to it.
 * One that listens already stays where it is.
 * @throws TypeError for what has `listen` and yet no server, and whatever the app's own start throws
 */
export async function startNodeApp(app: NodeApp): Promise<FetchApp> {
  const port = await portOf(app);
  return { fetch: (request) => passOn(request, port) };
}

async function portOf(app: NodeApp): Promise<number> {
  const server = runningServer(app) ?? (await start(app));
  if (!server.listening) {
    await new Promise((resolve, reject) => {
      server.once("listening", resolve);
      server.once("error", reject);
    });
  }
  const address = server.address();
  const port: unknown = isObject(address) ? Reflect.get(address, "port") : undefined;
  if (typeof port === "number") return port;
  throw new TypeError(`The exported server listens on ${JSON.stringify(address)}; it has to be a TCP port.`);
}

function runningServer(app: NodeApp): NodeServer | undefined {
  return [app, Reflect.get(app, "server")].filter(isServer).find(({ listening }) => listening);
}

async function start(app: NodeApp): Promise<NodeServer> {
  // NestJS: its own `listen` takes no options.
  const getHttpServer: unknown = Reflect.get(app, "getHttpServer");
  const init: unknown = Reflect.get(app, "init");
  if (isFunction(getHttpServer) && isFunction(init)) {
    await init.call(app);
    const server: unknown = getHttpServer.call(app);
    if (isServer(server)) return listenTo(server);
  }
  return listenTo(app);
}

async function listenTo(app: NodeApp): Promise<NodeServer> {
  const started: unknown = await app.listen({ port: 0, host: "127.0.0.1" });
  const server = [started, Reflect.get(app, "server"), app].find(isServer);
  if (server === undefined) throw new TypeError("The exported object has listen(), but that started no HTTP server.");
  return server;
}

/** To the app it is the request that came to Lambda's front: same method, path, headers and body. */
async function passOn(request: Request, port: number): Promise<Response> {
  const { pathname, search, host } = new URL(request.url);
  const headers = new Headers(request.headers);
  if (!headers.has("host")) headers.set("host", host);
  setOrDelete(headers, REQUEST_CONTEXT, lambdaEvent(request)?.requestContext);
  const options: BunFetchRequestInit = {
    method: request.method,
    headers,
    redirect: "manual",
    signal: request.signal,
    // What the app compressed goes out as it is.
    decompress: false,
    // A frozen process can't close idle connections in time: the first request after the thaw would meet a dead one.
    keepalive: false,
  };
  if (request.body !== null) options.body = await request.arrayBuffer();
  return fetch(`http://127.0.0.1:${port}${pathname}${search}`, options);
}

/** As JSON in ASCII, which a header can carry. A client can't set it: what it sent under this name is gone. */
function setOrDelete(headers: Headers, name: string, value: unknown): void {
  headers.delete(name);
  if (value === undefined) return;
  const json = JSON.stringify(value);
  headers.set(
    name,
    json.replaceAll(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}

function isServer(value: unknown): value is NodeServer {
  return isObject(value) && isFunction(Reflect.get(value, "address")) && isFunction(Reflect.get(value, "once"));
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function isFunction(value: unknown): value is (...args: readonly unknown[]) => unknown {
  return typeof value === "function";
}
