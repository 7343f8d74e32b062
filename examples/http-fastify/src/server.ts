import Fastify, { type FastifyInstance } from "fastify";

const body = {
  type: "object",
  required: ["item", "quantity"],
  properties: { item: { type: "string" }, quantity: { type: "integer", minimum: 1 } },
};

interface Order {
  readonly item: string;
  readonly quantity: number;
}

async function buildServer(): Promise<FastifyInstance> {
  const server = Fastify();
  await server.register(
    async (orders) => {
      orders.post<{ Body: Order }>("/", { schema: { body } }, async (request, reply) => {
        reply.code(201);
        return { accepted: `${request.body.quantity} × ${request.body.item}` };
      });
      orders.get<{ Params: { id: string } }>("/:id", (request, reply) => {
        reply.send({ id: request.params.id });
      });
    },
    { prefix: "/orders" },
  );
  return server;
}

export const server: Promise<FastifyInstance> = buildServer();
