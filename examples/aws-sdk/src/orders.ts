// A handler with real weight: clients are made once, at module scope, and live across invocations.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { Hono } from "hono";
import { ok } from "mayfly";
import { z } from "zod";

const orders = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const receipts = new S3Client({});
const Event = z.object({ orderId: z.string().min(1) });

const app = new Hono();
app.get("/orders/:id", (c) => c.json({ get: lookUp(c.req.param("id")) }));

export async function handle(event: unknown) {
  const { orderId } = Event.parse(event);
  const response = await app.request(`/orders/${orderId}`);
  return ok({ ...(await response.json()), region: await orders.config.region(), s3: await receipts.config.region() });
}

/** What would be sent; nothing is, so that the example runs without an account. */
function lookUp(id: string) {
  const get = new GetCommand({ TableName: "orders", Key: { id } });
  const receipt = new GetObjectCommand({ Bucket: "receipts", Key: `${id}.pdf` });
  return { table: get.input.TableName, key: get.input.Key, object: receipt.input.Key };
}
