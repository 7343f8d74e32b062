import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startLambda, type TestLambdaOptions } from "../../src/testing/index.ts";
import { chromium, describeWith } from "./parts.ts";

const STREAMING: TestLambdaOptions = {
  front: "function-url-stream",
  environment: { MAYFLY_RESPONSE_MODE: "stream" },
};

describeWith({ chromium }, "a page that a function serves to Chromium", (paths) => {
  test.each([
    ["a function URL", { front: "function-url" }],
    ["a streaming function URL", STREAMING],
    ["an HTTP API", { front: "api-gateway-v2" }],
    ["a REST API", { front: "api-gateway-v1", binaryMediaTypes: ["*/*"] }],
    ["a load balancer", { front: "alb" }],
  ] as const satisfies readonly (readonly [string, TestLambdaOptions])[])(
    "works behind %s",
    async (_front, options) => {
      const lambda = await startLambda({ entry: join(import.meta.dirname, "../web/servers/page.ts"), ...options });
      try {
        const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000", "--dump-dom"];
        const { stdout } = await promisify(execFile)(paths.chromium, [...flags, lambda.http]);
        const items = [...stdout.matchAll(/<li>([^<]*)<\/li>/g)].map(([, text]) => text);
        expect(items).toEqual(["image of 1 pixel", `form {"word":"gr\u00fc\u00df"}`, "event 1", "event 2"]);
      } finally {
        await lambda.stop();
      }
    },
  );
});
