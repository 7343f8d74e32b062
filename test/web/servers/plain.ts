import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { currentContext } from "mayfly";

/** One route a behaviour. */
const routes: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => unknown>> = {
  "/request": async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const { method, url, headers } = request;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString("base64") }));
  },
  "/cookies": (_request, response) => {
    response.setHeader("set-cookie", ["a=1; Path=/", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"]);
    response.end();
  },
  "/redirect": (_request, response) => response.writeHead(302, { location: "https://example.com/" }).end(),
  "/gzip": (_request, response) => {
    response.setHeader("content-type", "text/plain");
    response.setHeader("content-encoding", "gzip");
    response.end(gzipSync("compressed"));
  },
  "/none": (_request, response) => response.writeHead(204).end(),
  "/slow": (_request, response) => setTimeout(() => response.end("slow"), 200),
  "/hang": (_request, response) => response.once("close", () => console.log("given up")),
  "/context": (_request, response) => response.end(currentContext()?.awsRequestId),
  "/destroy": (request) => {
    destroyed++;
    request.socket.destroy();
  },
  "/destroyed": (_request, response) => response.end(String(destroyed)),
  "/connection": (request, response) =>
    response.end(`from port ${request.socket.remotePort}, closed after ${server.keepAliveTimeout} ms`),
  "/refuse": (_request, response) => response.writeHead(413).end("too much for me"),
  "/flood": (_request, response) => {
    response.once("close", () => console.log(`flood stopped after ${flooded} of 1000 MB`));
    const pour = (): void => {
      do flooded++;
      while (response.write(MEGABYTE) && flooded < 1000);
      if (flooded < 1000) response.once("drain", pour);
      else response.end();
    };
    pour();
  },
  "/halfway": (request, response) => {
    response.write("half of");
    setTimeout(() => request.socket.destroy(), 50);
  },
  "/large": (_request, response) => response.end(MEGABYTE),
  "/words": (_request, response) => {
    response.setHeader("x-word", Buffer.from("gr\u00fc\u00df").toString("latin1"));
    response.setHeader("vary", ["accept", "origin"]);
    response.writeHead(299, "Anything").end("words");
  },
  "/timeout": (request, response) => {
    server.timeout = Number(new URL(request.url ?? "", "http://localhost").searchParams.get("ms"));
    response.end();
  },
  "/lines": (_request, response) => {
    response.setHeader("content-type", "text/plain");
    response.write("first\n");
    // The second line comes only to who has read the first: the next request releases it.
    release = () => response.end("second\n");
  },
  "/release": (_request, response) => {
    release();
    response.end();
  },
};

const MEGABYTE = Buffer.alloc(1_000_000, "x");

let destroyed = 0;
let flooded = 0;
let release = (): void => undefined;

export const server: Server = createServer((request, response) => {
  const path = request.url?.split("?", 1)[0] ?? "";
  const route = routes[path];
  if (route === undefined) response.writeHead(404).end();
  else void route(request, response);
});
