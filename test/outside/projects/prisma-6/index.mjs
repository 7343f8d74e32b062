import { Prisma, PrismaClient } from "@prisma/client";

/** What becomes of the engine that `prepare.sh` puts there: it is found and loaded, and has nothing in it. */
export const handler = async ({ name }) => {
  // The engine is loaded as soon as there is a client.
  const prisma = new PrismaClient();
  const failure = await prisma.user.findMany({ where: { name } }).catch((error) => error);
  const isFound = !/could not locate/.test(failure.message);
  return { failure: failure.name, isFound, models: Object.keys(Prisma.ModelName) };
};
