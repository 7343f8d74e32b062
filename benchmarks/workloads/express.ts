import express, { type Express } from "express";

export const app: Express = express();

app.use(express.json());
app.get("/", (_request, response) => {
  response.send("orders");
});
app.post("/orders", (request, response) => {
  const body: unknown = request.body;
  if (typeof body !== "object" || body === null || !("items" in body) || !Array.isArray(body.items)) {
    response.status(400).json({ error: "items are required" });
    return;
  }
  response.status(201).json({ customer: "customer" in body ? body.customer : null, count: body.items.length });
});
