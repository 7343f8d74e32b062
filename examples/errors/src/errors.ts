// Three ways to fail: a reason the caller expects, an error class of one's own, and a bug.
import { err, ok } from "mayfly";

export class OutOfStock extends Error {
  override readonly name = "OutOfStock";

  constructor(sku: string, options?: ErrorOptions) {
    super(`${sku} is out of stock`, options);
  }
}

export function handle(event: { sku?: string; quantity?: number }) {
  if (!event.sku) return err("sku is required");
  if (event.sku === "discontinued") return err({ name: "NotSold", message: "we no longer sell this" });
  try {
    return ok({ reserved: reserve(event.sku, event.quantity ?? 1) });
  } catch (cause) {
    throw new OutOfStock(event.sku, { cause });
  }
}

function reserve(sku: string, quantity: number): string {
  if (quantity > 3) throw new RangeError(`only 3 of ${sku} left, ${quantity} wanted`);
  return `${quantity} × ${sku}`;
}
