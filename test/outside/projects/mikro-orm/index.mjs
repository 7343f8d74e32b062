import { EntitySchema } from "@mikro-orm/core";
import { MikroORM } from "@mikro-orm/postgresql";

const User = new EntitySchema({
  name: "User",
  properties: { id: { type: "number", primary: true }, name: { type: "string" }, createdAt: { type: "Date" } },
});

export const handler = async ({ name }) => {
  const orm = await MikroORM.init({
    entities: [User],
    dbName: "none",
    connect: false,
    discovery: { disableDynamicFileAccess: true },
  });
  const em = orm.em.fork();
  const user = em.create("User", { id: 1, name, createdAt: new Date(0) });
  return {
    user,
    query: em.createQueryBuilder("User").select("*").where({ name }).limit(2).getFormattedQuery(),
    schema: (await orm.schema.getCreateSchemaSQL()).trim(),
  };
};
