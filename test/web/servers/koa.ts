import Koa from "koa";

const app: Koa = new Koa();
app.use((context) => {
  context.body = { path: context.path, host: context.host };
});

// oxlint-disable-next-line import/no-default-export -- as many apps do
export default app;
