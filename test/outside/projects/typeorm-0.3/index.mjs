import "reflect-metadata";
import { DataSource, EntitySchema } from "typeorm";

const User = new EntitySchema({
  name: "User",
  columns: { id: { type: Number, primary: true, generated: true }, name: { type: String, unique: true } },
});
const source = new DataSource({ type: "sqljs", synchronize: true, entities: [User] });
const postgres = new DataSource({
  type: "postgres",
  host: "127.0.0.1",
  port: 1,
  entities: [User],
});
let ready;

export const handler = async ({ name }) => {
  await (ready ??= source.initialize());
  const users = source.getRepository(User);
  await users.save({ name });
  const failure = await postgres.initialize().catch((error) => error);
  return {
    users: await users.find({ order: { name: "ASC" } }),
    sql: users.createQueryBuilder("u").where("u.name = :name", { name }).getSql(),
    failure: failure.code ?? failure.message,
  };
};
