import type { ErrorDocument } from "../../../protocol/error-document.ts";
import type { ChildEnd } from "../../engine/engine.ts";
import { messageOf } from "../../thrown.ts";
import { fault, how } from "../child/child-faults.ts";
import { GatewayFault } from "../http/gateway-fault.ts";
import type { ReadyCheck } from "./web-ready.ts";

export function notStarted(command: string, error: unknown): ErrorDocument {
  return fault(
    "Runtime.InvalidEntrypoint",
    `Initialization error: the server "${command}" can't be started: ${messageOf(error)}. It has to be in the package, or in PATH.`,
  );
}

export function endedInInit(server: string, end: ChildEnd, lastWords: readonly string[]): ErrorDocument {
  return fault(
    "Runtime.ExitError",
    `Initialization error: ${server} ended ${how(end)} before it was ready.${quote(lastWords)}`,
  );
}

export function neverReady(
  server: string,
  { port, path, within }: ReadyCheck,
  lastWords: readonly string[],
): ErrorDocument {
  const where = path === undefined ? `port ${port}` : `http://127.0.0.1:${port}${path}`;
  return fault(
    "Runtime.ServerNotReady",
    `Initialization error: ${server} did not answer on ${where} within ${Math.round(within / 100) / 10} s. ` +
      `Does it listen on the port in the variable PORT?${quote(lastWords)}`,
  );
}

export function portTaken(port: number): ErrorDocument {
  return fault(
    "Runtime.PortInUse",
    `Initialization error: something listens on port ${port} already, which the server is to listen on. ` +
      "Leave port out of the config if the server follows the variable PORT.",
  );
}

export function stillStarting(): ErrorDocument {
  return fault("Runtime.HandlerTimeout", "Timeout: the server was still being started again when the deadline came.");
}

export function endedInRequest(end: ChildEnd): GatewayFault {
  return new GatewayFault(
    502,
    "Runtime.ExitError",
    `The server ended ${how(end)} while it served this request. The next one gets a new server.`,
  );
}

export function eventRefused(path: string, status: number, body: string): ErrorDocument {
  const said = body === "" ? "" : `: ${body.slice(0, 1_000)}`;
  return fault("Function.EventRefused", `The server answered the event posted to ${path} with status ${status}${said}`);
}

function quote(lastWords: readonly string[]): string {
  return lastWords.length > 0 ? ` Its last words:\n${lastWords.join("\n")}` : "";
}
