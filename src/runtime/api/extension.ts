import * as header from "../../protocol/headers.ts";
import { EXTENSION_NEXT_PATH, EXTENSION_REGISTER_PATH } from "../../protocol/paths.ts";
import type { Engine } from "../engine/engine.ts";
import type { RuntimeApiAddress } from "./address.ts";
import { type Delivery, readDelivery } from "./api-answers.ts";
import { Connection } from "./connection.ts";
import { formatRequest, REPLY_WITHIN_MS } from "./request.ts";

/**
 * Registers an internal extension without events: only then does Lambda send SIGTERM before it ends the sandbox.
 * The `event/next` that must follow is left open; it never returns for such an extension.
 */
export async function registerInternalExtension(
  engine: Engine,
  address: RuntimeApiAddress,
  name: string,
): Promise<Delivery> {
  const register = formatRequest(
    address,
    "POST",
    EXTENSION_REGISTER_PATH,
    { [header.EXTENSION_NAME]: name, "content-type": "application/json" },
    new TextEncoder().encode('{"events":[]}'),
  );
  // Of its own: init may fail meanwhile, and has to be reported.
  const connection = new Connection(engine, address.host, address.port);
  const exchange = await connection.exchange(register, REPLY_WITHIN_MS);
  const delivery = readDelivery(exchange);
  if (exchange.kind !== "response" || delivery.kind !== "accepted") return delivery;
  const identifier = exchange.response.headers.get(header.EXTENSION_ID);
  if (identifier === undefined) return { kind: "refused", reason: "the platform gave the extension no identifier" };
  connection.setRef(false);
  void connection.exchange(formatRequest(address, "GET", EXTENSION_NEXT_PATH, { [header.EXTENSION_ID]: identifier }));
  return delivery;
}
