import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { Fault } from "../../fault.ts";
import { messageOf } from "../../support/system-error.ts";

/** An HTTP server that only this machine can reach. */
export interface LoopbackServer {
  readonly port: number;
  /** Ends open connections too. */
  close(): Promise<void>;
}

/** Of all headers of a request. Load balancers let 64 KB through; Node.js by itself 16. */
const MAX_HEADER_BYTES = 65_536;

export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * @param port 0 for any free one.
 * @throws Fault MAYFLY_PORT_IN_USE
 */
export async function listenOnLoopback(port: number, answer: Answer): Promise<LoopbackServer> {
  const listener: RequestListener = (request, response) => {
    answer(request, response).catch((error: unknown) => {
      // Only a fault of ours gets here. The connection can't be trusted any more; the process that owns us can.
      response.destroy();
      process.emitWarning(messageOf(error));
    });
  };
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, listener);
  // Runtimes and callers legitimately wait for as long as a function may run.
  server.requestTimeout = 0;
  server.headersTimeout = 60_000;
  server.keepAliveTimeout = 0;
  server.timeout = 0;
  await listening(server, port);
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no address");
  return { port: address.port, close: () => close(server) };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? portInUse(port, error) : error);
    });
    server.listen(port, "127.0.0.1", () => resolve());
  });
}

function portInUse(port: number, cause: Error): Fault {
  return new Fault("MAYFLY_PORT_IN_USE", `Port ${port} is taken by another program.`, {
    hint: "Choose another port, or leave the port out to get any free one.",
    cause,
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
