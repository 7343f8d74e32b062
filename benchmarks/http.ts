/**
 * What HTTP costs on top of a hello app: Mayfly serving a Hono app as it is, against the same app wrapped with Hono's
 * own adapter for Lambda, from the event's bytes to those of the result, on the same engine in the same process.
 * Run by `npm run bench http [rounds]`. The cases take turns, so that a drift of the machine meets all of them alike.
 */
import { cpus } from "node:os";
import { Hono } from "hono";
import { handle } from "hono/aws-lambda";
import { quantile } from "../src/bench/statistics.ts";
import type { HttpFront } from "../src/http/http-event.ts";
import { requestToEvent } from "../src/http/front/request-to-event.ts";
import { createContext } from "../src/runtime/context.ts";
import type { HandlerHost } from "../src/runtime/hosts/host.ts";
import { serveApp } from "../src/runtime/hosts/http/http-app.ts";
import { serveFunction } from "../src/runtime/hosts/typescript/typescript.ts";

const ROUNDS = Number(process.argv[2] ?? 60);
const WARM_UP = 5;
const PER_ROUND = 2_000;

const app = new Hono();
app.get("/hello/:name", (c) => c.json({ message: `Hello ${c.req.param("name")}` }));
app.post("/hello", async (c) => c.json({ message: `Hello ${(await c.req.json<{ name: string }>()).name}` }));
const adapted = handle(app);

const hosts: Readonly<Record<string, HandlerHost["invoke"]>> = {
  "Mayfly, the app as it is": serveApp(app, { streams: false }),
  "hono/aws-lambda": serveFunction(
    // Its types name AWS's events; what it gets here is one.
    { call: (event, context): unknown => Reflect.apply(adapted, undefined, [event, context]), written: adapted },
    { streams: false, shared: false, verbose: false, packages: { external: [], installed: [] } },
  ),
};

const context = createContext(
  { requestId: "00000000-0000-0000-0000-000000000000", deadlineMs: Date.now() + 900_000, invokedFunctionArn: "arn" },
  process.env,
);

function eventBytes(front: HttpFront, method: string, target: string, body: string): Uint8Array {
  const headers = [
    ["host", "abcdefghij.lambda-url.us-east-1.on.aws"],
    ["user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"],
    ["accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
    ["accept-language", "en-US,en;q=0.5"],
    ["accept-encoding", "gzip, deflate, br, zstd"],
    ["cookie", "session=0123456789abcdef; theme=dark"],
    ["x-amzn-trace-id", "Root=1-5e1b4151-5ac6c58f5b5daa8e1c0d9f0e"],
    ...(body === "" ? [] : [["content-type", "application/json"] as const]),
  ].map(([name = "", value = ""]) => [name, value] as const);
  const identity = { accountId: "123456789012", apiId: "abcdefghij", region: "us-east-1", binaryMediaTypes: ["*/*"] };
  const event = requestToEvent(
    front,
    {
      method,
      target,
      headers,
      body: Buffer.from(body),
      sourceIp: "192.0.2.1",
      protocol: "HTTP/1.1",
      scheme: "https",
      port: 443,
      requestId: context.awsRequestId,
      receivedAt: new Date(0),
    },
    { ...identity, stage: front === "api-gateway-v1" ? "prod" : "$default" },
  );
  return Buffer.from(JSON.stringify(event));
}

const requests: Readonly<Record<string, Uint8Array>> = {
  "GET, function URL": eventBytes("function-url", "GET", "/hello/Ada?lang=en", ""),
  "POST, function URL": eventBytes("function-url", "POST", "/hello", '{"name":"Ada"}'),
  "GET, REST API": eventBytes("api-gateway-v1", "GET", "/hello/Ada?lang=en", ""),
  "GET, load balancer": eventBytes("alb", "GET", "/hello/Ada?lang=en", ""),
};

for (const invoke of Object.values(hosts)) {
  for (const [name, bytes] of Object.entries(requests)) {
    const outcome = await invoke(bytes, context);
    const text = outcome.kind === "value" ? new TextDecoder().decode(outcome.body) : outcome.kind;
    if (!text.includes("Hello Ada")) throw new Error(`${name} is answered with ${text}`);
  }
}

const times = new Map<string, number[]>();
for (let round = -WARM_UP; round < ROUNDS; round++) {
  for (const [request, bytes] of Object.entries(requests)) {
    for (const [host, invoke] of Object.entries(hosts)) {
      const started = performance.now();
      for (let count = 0; count < PER_ROUND; count++) await invoke(bytes, context);
      const each = ((performance.now() - started) / PER_ROUND) * 1_000;
      const key = `${request.padEnd(20)} ${host}`;
      if (round >= 0) times.set(key, [...(times.get(key) ?? []), each]);
    }
  }
}

console.log(
  `${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores, ${process.platform}; Bun ${process.versions["bun"]}; ${ROUNDS} rounds of ${PER_ROUND} requests, cases in turn`,
);
for (const [name, values] of times) {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(values, share).toFixed(1));
  console.log(`${name.padEnd(48)} median ${middle} µs  (quartiles ${low} to ${high})`);
}
