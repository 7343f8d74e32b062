import knex from "knex";

const database = knex({ client: "pg", connection: { host: "127.0.0.1", port: 1 }, acquireConnectionTimeout: 60_000 });

export const handler = async ({ name }) => {
  const query = database("users").select("id").where({ name }).orderBy("id", "desc").limit(2);
  const failure = await query.clone().catch((error) => error);
  return { sql: query.toString(), failure: failure.code ?? failure.name };
};
