import { createServer } from "node:http";

/** Listens after the milliseconds that it is told, or never. */
const [wait] = process.argv.slice(2);
console.log(`waiting for ${wait}`);
const server = createServer((_request, response) => {
  response.end("at last");
});
if (wait === "never") setInterval(() => undefined, 1_000);
else setTimeout(() => server.listen(Number(process.env["PORT"])), Number(wait));
