import { createServer, type Server } from "node:http";

export const server: Server = createServer((_request, response) => {
  response.end("listened by itself");
}).listen(0, "127.0.0.1");
