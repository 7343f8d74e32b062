import { once } from "node:events";
import { Writable } from "node:stream";
import express from "express";
import { Hono } from "hono";
import pino from "pino";
import winston from "winston";
import { WebSocket, WebSocketServer } from "ws";

class Lines extends Writable {
  lines = [];
  _write(chunk, _encoding, done) {
    this.lines.push(chunk.toString("utf8").trim());
    done();
  }
}

export async function handle() {
  const pinoLines = new Lines();
  const logger = pino({ base: null, timestamp: false }, pinoLines);
  logger.child({ a: 1 }).info({ error: new RangeError("x").message }, "hello %s", "you");
  const winstonLines = new Lines();
  winston
    .createLogger({
      format: winston.format.json(),
      transports: [new winston.transports.Stream({ stream: winstonLines })],
    })
    .warn("careful", { b: 2 });

  const app = express();
  app.use(express.json());
  app.post("/echo", (request, response) => response.set("x-a", "b").json({ got: request.body, ip: typeof request.ip }));
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const posted = await fetch(`http://127.0.0.1:${port}/echo`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"c":3}',
  });
  const echoed = [posted.status, posted.headers.get("x-a"), await posted.json()];
  server.close();

  const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(`re: ${String(data)}`)));
  await once(sockets, "listening");
  const { port: socketPort } = sockets.address();
  const socket = new WebSocket(`ws://127.0.0.1:${socketPort}`);
  await once(socket, "open");
  socket.send("hi");
  const [answer] = await once(socket, "message");
  socket.terminate();
  sockets.close();

  const hono = new Hono().get("/h", (context) => context.json({ h: context.req.query("q") }));
  return {
    pino: pinoLines.lines,
    winston: winstonLines.lines,
    express: echoed,
    ws: String(answer),
    hono: await (await hono.request("/h?q=1")).json(),
    names: [pinoLines.constructor.name, pinoLines instanceof Writable],
  };
}
