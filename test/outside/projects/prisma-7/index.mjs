import { PrismaPg } from "@prisma/adapter-pg";
import { Prisma, PrismaClient } from "@prisma/client";

const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: "postgresql://u:p@127.0.0.1:1/none" }) });

export const handler = async ({ name }) => {
  const failure = await prisma.user.findMany({ where: { name } }).catch((error) => error);
  const invalid = await prisma.user.findMany({ where: { nobody: 1 } }).catch((error) => error);
  return {
    failure: [failure.name, failure.code],
    invalid: [invalid instanceof Prisma.PrismaClientValidationError, invalid.name],
    models: Object.keys(Prisma.ModelName),
  };
};
