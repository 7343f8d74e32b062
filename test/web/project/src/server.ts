import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";

/** One route a behaviour; any other path tells what was asked. */
const routes: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => unknown>> = {
  "/cookies": (_request, response) => {
    response.setHeader("set-cookie", ["a=1; Path=/", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"]);
    response.end();
  },
  "/redirect": (_request, response) => response.writeHead(302, { location: "https://example.com/" }).end(),
  "/gzip": (_request, response) => {
    response.writeHead(200, { "content-type": "text/plain", "content-encoding": "gzip" });
    response.end(gzipSync("compressed"));
  },
  "/none": (_request, response) => response.writeHead(204).end(),
  "/bytes": (_request, response) => {
    response.setHeader("content-type", "application/octet-stream");
    response.end(Buffer.from(Array.from({ length: 256 }, (_, index) => index)));
  },
  "/file": async (_request, response) => response.end(await readFile("public/hello.txt")),
  "/hang": (_request, response) => response.once("close", () => console.log("given up")),
  "/unhealthy": (_request, response) => response.writeHead(503).end(),
  "/destroy": (request) => request.socket.destroy(),
  "/exit": () => process.exit(3),
  "/kill": () => process.kill(process.pid, "SIGKILL"),
  "/exit-halfway": (_request, response) => {
    response.write("first half");
    // Not before a reader has that: the next request comes from one.
    release = () => process.exit(4);
  },
  "/deaf": (_request, response) => {
    server.close();
    // Without its port nothing else would keep the process.
    setInterval(() => undefined, 1_000);
    response.setHeader("connection", "close");
    response.end("no more");
  },
  "/memory": (_request, response) => response.end(Buffer.alloc(300_000_000, 1).toString("latin1", 0, 3)),
  "/pid": (_request, response) => response.end(String(process.pid)),
  "/log": (_request, response) => {
    console.log("to stdout");
    console.error("to stderr");
    process.stdout.write("without an end");
    response.end();
  },
  "/environment": (_request, response) => {
    const { PORT, HOST, NODE_ENV, AWS_LAMBDA_FUNCTION_NAME, LOADED_AHEAD } = process.env;
    const variables = { PORT, HOST, NODE_ENV, AWS_LAMBDA_FUNCTION_NAME, LOADED_AHEAD };
    response.end(JSON.stringify({ ...variables, folder: process.cwd() }));
  },
  "/lines": (_request, response) => {
    response.setHeader("content-type", "text/event-stream");
    response.write("data: first\n\n");
    // The second comes only to who has read the first: the next request releases it.
    release = () => response.end("data: second\n\n");
  },
  "/flood": (_request, response) => {
    response.setHeader("content-type", "application/octet-stream");
    const more = (): void => void response.write(Buffer.alloc(65_536), (error) => error ?? setImmediate(more));
    response.once("close", () => console.log("flood stopped"));
    more();
  },
  "/ticks": (_request, response) => {
    response.setHeader("content-type", "text/event-stream");
    const ticking = setInterval(() => response.write("data: tick\n\n"), 20);
    response.once("close", () => {
      clearInterval(ticking);
      console.log("reader gone");
    });
  },
  "/release": (_request, response) => {
    release();
    response.end();
  },
  "/together": (_request, response) => {
    // Only once all three are here does anyone get an answer.
    waiting.push(() => response.end("together"));
    if (waiting.length === 3) for (const answer of waiting) answer();
  },
  "/events": async (request, response) => {
    const event: unknown = JSON.parse((await bodyOf(request)).toString());
    if (typeof event === "object" && event !== null && "fail" in event) {
      response.writeHead(500).end("not this one");
      return;
    }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ event, context: request.headers["x-amzn-lambda-context"] }));
  },
};

let release = (): void => undefined;
const waiting: (() => void)[] = [];

async function tell(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url, headers } = request;
  const body = (await bodyOf(request)).toString("base64");
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ method, url, headers, body }));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const server = createServer((request, response) => {
  const route = routes[request.url?.split("?", 1)[0] ?? ""] ?? tell;
  void route(request, response);
});
server.listen(Number(process.env["PORT"]), process.argv[2] ?? process.env["HOST"]);

process.on("SIGUSR2", () => process.exit(5));

process.on("SIGTERM", () => {
  console.log("asked to end");
  setTimeout(() => {
    console.log("ended in order");
    process.exit(0);
  }, 20);
});
