import { Elysia, t } from "elysia";

const app = new Elysia()
  .get("/", "Hello from Elysia")
  .get("/add/:a/:b", ({ params }) => ({ sum: params.a + params.b }), {
    params: t.Object({ a: t.Number(), b: t.Number() }),
  })
  .post(
    "/login",
    ({ body, cookie }) => {
      cookie["user"]?.set({ value: body.name, httpOnly: true });
      return { welcome: body.name };
    },
    { body: t.Object({ name: t.String() }) },
  );

export default app;
