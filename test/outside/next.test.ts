import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startLambda, type TestLambda } from "../../src/testing/index.ts";
import { buildPackage, type BuiltPackage } from "../web/build-servers.ts";
import { chromium, describeWith, nextBuild } from "./parts.ts";

const app = join(import.meta.dirname, "next");

describeWith({ nextBuild, chromium }, "a Next.js app as its standalone server", (paths) => {
  let built: BuiltPackage;
  let lambda: TestLambda;

  beforeAll(async () => {
    const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" };
    await promisify(execFile)(process.execPath, [paths.nextBuild, "build"], { cwd: app, env });
    built = await buildPackage(app, {}, ["--zip"]);
    lambda = await startLambda({
      zip: join(built.folder, "lambda.zip"),
      handler: "site",
      memory: 1024,
      timeout: 20,
      front: "function-url-stream",
      environment: { MAYFLY_RESPONSE_MODE: "stream" },
    });
  });
  afterAll(async () => {
    await lambda.stop();
    built[Symbol.dispose]();
  });

  test("serves a page that is rendered for each request", async () => {
    const response = await fetch(lambda.http);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(await response.text()).toContain("<h1>Hello from Next.js</h1>");
  });

  test("serves the assets of the build, compressed where it is asked to", async () => {
    const chunks = join(app, ".next/static/chunks");
    const name = readdirSync(chunks).find((file) => file.endsWith(".js")) ?? "";
    const response = await fetch(`${lambda.http}_next/static/chunks/${name}`);
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(await response.text()).toBe(readFileSync(join(chunks, name), "utf8"));
  });

  test("serves an image from public", async () => {
    const response = await fetch(`${lambda.http}logo.png`);
    expect(response.headers.get("content-type")).toBe("image/png");
    expect(Buffer.from(await response.arrayBuffer())).toEqual(readFileSync(join(app, "public/logo.png")));
  });

  test("answers API routes", async () => {
    const got = await fetch(`${lambda.http}api/hello?name=Ada`);
    expect(await got.json()).toEqual({ name: "Ada", host: new URL(lambda.http).host });
    const posted = await fetch(`${lambda.http}api/hello`, { method: "POST", body: new Uint8Array(500_000) });
    expect([posted.status, await posted.json()]).toEqual([201, { bytes: 500_000 }]);
    expect((await fetch(`${lambda.http}nowhere`)).status).toBe(404);
  });

  test("streams a page whose second part is late", async () => {
    const response = await fetch(`${lambda.http}slow`);
    const pieces: string[] = [];
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) pieces.push(piece);
    const early = pieces.findIndex((piece) => piece.includes("<p>early</p>"));
    const late = pieces.findIndex((piece) => piece.includes("<p>late</p>"));
    expect(early).toBeGreaterThanOrEqual(0);
    expect(late).toBeGreaterThan(early);
  });

  test("comes alive in Chromium", async () => {
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000", "--dump-dom"];
    const { stdout } = await promisify(execFile)(paths.chromium, [...flags, lambda.http]);
    // Written by the component's effect: only a page whose scripts run gets there.
    expect(stdout).toContain("alive");
  });
});
