import { format } from "date-fns";
import { drizzle } from "drizzle-orm/pg-proxy";
import { integer, pgTable, text } from "drizzle-orm/pg-core";
import { eq } from "drizzle-orm";
import { buildSchema, graphql } from "graphql";
import Redis from "ioredis";
import jwt from "jsonwebtoken";
import mysql from "mysql2";
import pg from "pg";
import { v4, v5, validate } from "uuid";
import { z } from "zod";

const users = pgTable("users", { id: integer("id").primaryKey(), name: text("name") });

export async function handle({ refused }) {
  const db = drizzle(async () => ({ rows: [] }));
  const refusal = (error) => error.code ?? String(error);
  const client = new pg.Client({ host: "127.0.0.1", port: refused, user: "u", database: "d" });
  const connection = mysql.createConnection({ host: "127.0.0.1", port: refused });
  connection.on("error", () => undefined);
  const redis = new Redis({ host: "127.0.0.1", port: refused, lazyConnect: true, retryStrategy: () => null });
  redis.on("error", () => undefined);
  return {
    date: format(new Date(2020, 1, 3, 4, 5), "yyyy-MM-dd HH:mm"),
    sql: db.select().from(users).where(eq(users.id, 7)).toSQL(),
    graphql: await graphql({ schema: buildSchema("type Query { a: Int }"), source: "{ a }", rootValue: { a: 4 } }),
    jwt: jwt.verify(jwt.sign({ sub: "me", iat: 1 }, "secret"), "secret"),
    token: jwt.sign({ iat: 1 }, "secret"),
    badToken: (() => {
      try {
        return jwt.verify("x.y.z", "secret");
      } catch (error) {
        return [error instanceof jwt.JsonWebTokenError, String(error)];
      }
    })(),
    pg: [await client.connect().then(() => "up", refusal), pg.escapeIdentifier('a"b'), new pg.Pool().totalCount],
    mysql: [
      await new Promise((resolve) => connection.connect((error) => resolve(error ? refusal(error) : "up"))),
      mysql.format("select ?", ["a'b"]),
    ],
    redis: await redis.connect().then(
      () => "up",
      (error) => error.message,
    ),
    uuid: [v5("name", v5.URL), validate(v4())],
    zod: z.object({ a: z.email() }).safeParse({ a: "x" }).error?.issues,
  };
}
