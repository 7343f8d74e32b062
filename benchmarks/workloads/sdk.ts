// What a function with weight looks like: clients made once at module scope, a schema, a router.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { Hono } from "hono";
import { z } from "zod";

const orders = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const receipts = new S3Client({});
const Event = z.object({ orderId: z.string().min(1) });

const app = new Hono();
app.get("/orders/:id", async (c) => {
  const { Item } = await orders.send(new GetCommand({ TableName: "orders", Key: { id: c.req.param("id") } }));
  const receipt = new GetObjectCommand({ Bucket: "receipts", Key: `${c.req.param("id")}.pdf` });
  return c.json({ item: Item, receipt: receipt.input.Key, region: await receipts.config.region() });
});

export async function handle(event: unknown): Promise<unknown> {
  const { orderId } = Event.parse(event);
  return (await app.request(`/orders/${orderId}`)).json();
}
