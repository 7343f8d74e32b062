import { createClient } from "@libsql/client";

const database = createClient({ url: "file::memory:?cache=shared" });
await database.execute("create table t (id integer primary key, name text)");

export const handler = async ({ name }) => {
  await database.execute({ sql: "insert into t (name) values (?)", args: [name] });
  const { rows, columns } = await database.execute("select * from t order by id");
  return { columns, rows: rows.map((row) => ({ ...row })) };
};
