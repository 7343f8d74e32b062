import type { Engine } from "../../engine/engine.ts";
import type { FetchApp, NodeApp } from "../exported.ts";
import { ServerClient } from "./server-client.ts";
import { noAnswer, tooSlow } from "../http/gateway-fault.ts";
import { MAX_HEADER_BYTES } from "../http/server-headers.ts";

/** Where each of them keeps the server itself; an `http.Server` is its own. */
interface NodeServer extends NodeApp {
  readonly listening: boolean;
  address(): unknown;
  once(event: string, listener: (argument: unknown) => void): unknown;
}

/**
 * Starts a server inside this process, on a port of the loopback interface, and gives what passes requests on to it.
 * One that listens already stays where it is.
 * @throws TypeError for what has `listen` and yet no server, and whatever the app's own start throws
 */
export async function startNodeApp(app: NodeApp, engine: Engine): Promise<FetchApp> {
  await allowLargeHeaders();
  const { server, port } = await listening(app);
  const client = new ServerClient(engine, port);
  // A frozen process can't close idle connections in time: the first request after the thaw would meet a dead one.
  // But for this process nobody can reach the server, so nothing is lost when it closes none at all.
  if ("keepAliveTimeout" in server) Reflect.set(server, "keepAliveTimeout", 0);
  return {
    fetch: async (request) => {
      try {
        return await client.send(request, { keepsConnection: closesNoneByItself(server) });
      } catch (error) {
        throw request.signal.aborted ? tooSlow(error) : noAnswer(error);
      }
    },
  };
}

/** The engine has one limit for all servers that begin to listen; a larger one that the app has set stays. */
async function allowLargeHeaders(): Promise<void> {
  const { default: http } = await import("node:http");
  if (http.maxHeaderSize < MAX_HEADER_BYTES) Reflect.set(http, "maxHeaderSize", MAX_HEADER_BYTES);
}

/** The app may have its own mind about either, at any time. */
function closesNoneByItself(server: NodeServer): boolean {
  return Reflect.get(server, "keepAliveTimeout") === 0 && Reflect.get(server, "timeout") === 0;
}

async function listening(app: NodeApp): Promise<{ readonly server: NodeServer; readonly port: number }> {
  const server = runningServer(app) ?? (await start(app));
  if (!server.listening) {
    await new Promise((resolve, reject) => {
      server.once("listening", resolve);
      server.once("error", reject);
    });
  }
  const address = server.address();
  const port: unknown = isObject(address) ? Reflect.get(address, "port") : undefined;
  if (typeof port === "number") return { server, port };
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

function isServer(value: unknown): value is NodeServer {
  return isObject(value) && isFunction(Reflect.get(value, "address")) && isFunction(Reflect.get(value, "once"));
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function isFunction(value: unknown): value is (...args: readonly unknown[]) => unknown {
  return typeof value === "function";
}
