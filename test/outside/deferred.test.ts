import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LocalLambda } from "../../src/local/local-lambda.ts";
import { describeWith, type Part } from "./parts.ts";

const here = join(import.meta.dirname, "deferred");
const installed = join(here, "node_modules/zod");
const packages: Part = existsSync(installed)
  ? { kind: "present", path: here }
  : { kind: "missing", reason: `${installed} is not there: run test/outside/install.sh` };

describeWith({ packages }, "packages whose imports of the engine's modules are deferred", () => {
  const certificate = (name: string): string => readFileSync(join(here, "certificate", name), "utf8");
  const plain = createServer(answer);
  const secure = createSecureServer(
    { key: certificate("key.pem"), cert: certificate("cert.pem") },
    (_request, response) => response.end("over TLS"),
  );
  let folder: string;
  let event: Buffer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "mayfly-deferred-"));
    const closed = createTcpServer();
    const [origin, secureOrigin, refused] = [await listen(plain), await listen(secure), await listen(closed)];
    await new Promise((resolve) => closed.close(resolve));
    event = Buffer.from(
      JSON.stringify({ origin: `http://127.0.0.1:${origin}`, secure: `https://127.0.0.1:${secureOrigin}`, refused }),
    );
  });
  afterAll(() => {
    for (const server of [plain, secure]) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ["the AWS SDK", "aws"],
    ["the AWS SDK and axios over TLS", "secure"],
    ["axios, got, undici, openai, stripe", "web"],
    ["pg, mysql2, ioredis, drizzle, graphql, jsonwebtoken, uuid, date-fns, zod", "data"],
    ["pino, winston, express, ws, hono", "logs"],
  ])("give the same answers as without: %s", async (_names, module) => {
    const [plainly, deferred] = [await run(module, ["--no-defer"]), await run(module, [])];
    expect(plainly).not.toHaveProperty("errorType");
    expect(deferred).toEqual(plainly);
  });

  async function run(module: string, flags: readonly string[]): Promise<unknown> {
    const outdir = join(folder, `${module}${flags.join("")}`);
    const command = [
      join(here, "../../../bin/mayfly.js"),
      "build",
      `src/${module}.js`,
      "--host",
      "-o",
      outdir,
      ...flags,
    ];
    const built = spawnSync(process.execPath, command, { cwd: here, encoding: "utf8" });
    expect(built.stderr).not.toContain("error");
    const lambda = await LocalLambda.start({
      functions: { f: { package: outdir, handler: `${module}.handle`, memory: 512, timeout: 30 } },
    });
    try {
      const { payload } = await lambda.invoke("f", event);
      return JSON.parse(payload.toString());
    } finally {
      await lambda.stop();
    }
  }
});

/** As much of S3, DynamoDB, SQS, OpenAI and Stripe as the handlers ask for; anything else is told what it sent. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const { method, url = "", headers } = request;
  const target = headers["x-amz-target"];
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    const json = (status: number, value: unknown, extra: Record<string, string> = {}): void => {
      response.writeHead(status, { "content-type": "application/json", ...extra }).end(JSON.stringify(value));
    };
    if (url === "/missing") json(404, {});
    else if (url.startsWith("/b/") && method === "PUT") response.writeHead(200, { etag: '"e"' }).end();
    else if (url.startsWith("/b/")) response.end("some text");
    else if (typeof target === "string" && target.startsWith("AmazonSQS"))
      json(400, { __type: "QueueDoesNotExist", message: "no" }, { "x-amzn-errortype": "QueueDoesNotExist" });
    else if (target !== undefined) json(200, {});
    else if (url === "/v1/chat/completions") json(200, { choices: [{ message: { content: "yes" } }] });
    else if (url.startsWith("/v1/customers")) json(200, { id: "cus_1", object: "customer" });
    else json(200, { method, url, body: Buffer.concat(pieces).toString("utf8") });
  });
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
