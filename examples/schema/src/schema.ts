// The event is checked before the handler sees it; its type comes from the schema.
import { handler } from "mayfly";
import { z } from "zod";

const Order = z.object({
  id: z.uuid(),
  items: z.array(z.object({ sku: z.string(), price: z.number().positive(), quantity: z.int().min(1) })).min(1),
});

export const total = handler({ event: Order }, (order) => ({
  id: order.id,
  total: order.items.reduce((sum, item) => sum + item.price * item.quantity, 0),
}));
