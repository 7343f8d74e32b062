import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { readFile } from "node:fs/promises";

/** A server as it runs on any machine: it listens by itself, on the port that it is told. */
const server = createServer((request, response) => {
  void answer(request, response);
});
server.listen(Number(process.env["PORT"] ?? 3000), process.env["HOST"]);

process.once("SIGTERM", () => {
  console.log("closing");
  server.close();
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  if (url.pathname === "/") {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(await readFile("public/index.html"));
  } else if (url.pathname === "/hello") {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ message: `Hello ${url.searchParams.get("name") ?? "nobody"}` }));
  } else if (url.pathname === "/ticks") {
    response.setHeader("content-type", "text/event-stream");
    for (let tick = 1; tick <= 3; tick++) {
      response.write(`data: ${tick}\n\n`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    response.end();
  } else {
    response.writeHead(404).end("not found\n");
  }
}
