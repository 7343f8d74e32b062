import { Hono } from "hono";
import { z } from "zod";

const Order = z.object({
  customer: z.string().min(1),
  items: z.array(z.object({ sku: z.string(), count: z.number().int().positive() })).min(1),
  note: z.string().optional(),
});

export const app: Hono = new Hono();

app.get("/", (c) => c.text("orders"));
app.post("/orders", async (c) => {
  const parsed = Order.safeParse(await c.req.json());
  if (!parsed.success) return c.json({ issues: parsed.error.issues }, 400);
  const count = parsed.data.items.reduce((sum, item) => sum + item.count, 0);
  return c.json({ customer: parsed.data.customer, count }, 201);
});
