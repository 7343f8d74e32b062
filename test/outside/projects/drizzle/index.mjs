import { and, eq, gt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import pg from "pg";

const users = pgTable("users", { id: integer().primaryKey(), name: text().notNull(), at: timestamp().defaultNow() });
const db = drizzle(new pg.Pool({ host: "127.0.0.1", port: 1, connectionTimeoutMillis: 60_000 }));

export const handler = async ({ name }) => {
  const query = db
    .select({ id: users.id, n: sql`count(*)`.mapWith(Number) })
    .from(users)
    .where(and(eq(users.name, name), gt(users.id, 3)))
    .limit(1);
  const failure = await query.execute().catch((error) => error);
  return { query: query.toSQL(), failure: [failure.name, failure.cause?.code] };
};
