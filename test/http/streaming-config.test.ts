import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startLambda, type TestLambda, type TestLambdaOptions } from "../../src/testing/index.ts";
import { sharedBuild } from "../support/shared.ts";

const APP = `
const app = { fetch: () => Response.json({ mode: process.env["MAYFLY_RESPONSE_MODE"] ?? "none" }) };
export const live = app;
export const whole = app;
`;
const CONFIG = `
export default {
  functions: {
    live: { entry: "src/api/index.ts", handler: "live", url: { stream: true } },
    whole: { entry: "src/api/index.ts", handler: "whole", url: true },
  },
};
`;
const event = {
  version: "2.0",
  rawPath: "/",
  headers: {},
  requestContext: { http: { method: "GET" }, domainName: "abc.lambda-url.us-east-1.on.aws" },
};
const STREAMED = /^\{"statusCode":200,.*\}\0{8}\{"mode":"stream"\}$/;

let project = "";
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "mayfly-streaming-config-"));
  writeFileSync(join(project, "package.json"), '{"type":"module"}');
  writeFileSync(join(project, "mayfly.config.ts"), CONFIG);
  mkdirSync(join(project, "src/api"), { recursive: true });
  writeFileSync(join(project, "src/api/index.ts"), APP);
});
afterAll(() => rmSync(project, { recursive: true }));

async function start(options: TestLambdaOptions): Promise<TestLambda> {
  const lambda = await startLambda({ cwd: project, timeout: 60, ...options });
  onTestFinished(() => lambda.stop());
  return lambda;
}

describe("url: { stream: true } in mayfly.config.ts", () => {
  test("makes the function stream, and its front, with nothing else said", async () => {
    const lambda = await start({ function: "live" });
    expect(await lambda.invoke(event)).toMatch(STREAMED);
    const response = await fetch(lambda.http);
    expect(response.headers.get("transfer-encoding")).toBe("chunked");
    expect(await response.json()).toEqual({ mode: "stream" });
  });

  test("is part of the package: its handler streams wherever it runs, by whatever of its names", async () => {
    const zip = await sharedBuild({ cwd: project, flags: ["--host"] });
    for (const handler of ["api.live", "src/api/index.live", "./src/api.live"]) {
      expect(await (await start({ zip, handler })).invoke(event), handler).toMatch(STREAMED);
    }
  });

  test("says nothing for another handler of the same package", async () => {
    const lambda = await start({ function: "whole" });
    expect(await lambda.invoke(event)).toMatchObject({ statusCode: 200, body: '{"mode":"none"}' });
    expect(await (await fetch(lambda.http)).json()).toEqual({ mode: "none" });
  });

  test("yields to the function's environment", async () => {
    const lambda = await start({ function: "live", environment: { MAYFLY_RESPONSE_MODE: "buffered" } });
    expect(await lambda.invoke(event)).toMatchObject({ body: '{"mode":"buffered"}' });
  });
});
