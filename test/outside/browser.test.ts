import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startLambda, type TestLambdaOptions } from "../../src/testing/index.ts";
import { freePort } from "./free-port.ts";
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

describeWith({ chromium }, "a page of another site in Chromium", (paths) => {
  /** Every way for a page to have the browser ask for something, without a word of anybody. */
  const attacks = (urls: readonly string[]): string => `<!doctype html><ol id="lines"></ol><script>
    const wait = (ms) => new Promise((go) => setTimeout(go, ms));
    const put = (name, values) => document.body.append(Object.assign(document.createElement(name), values));
    const ignore = () => {};
    const attack = async (url) => {
      for (const path of ["image", "script", "style", "frame", "object", "video"]) {
        const src = url + path;
        put(...{ image: ["img", { src }], script: ["script", { src }], style: ["link", { rel: "stylesheet", href: src }],
          frame: ["iframe", { src }], object: ["object", { data: src }], video: ["video", { src }] }[path]);
      }
      for (const method of ["GET", "POST"]) for (const mode of ["no-cors", "cors"]) await fetch(url + mode, { method, mode, keepalive: true }).catch(ignore);
      await fetch(url + "credentials", { mode: "no-cors", credentials: "include", referrerPolicy: "no-referrer" }).catch(ignore);
      await fetch(url, { method: "PUT", headers: { "x-mine": "1" }, body: "{}" }).catch(ignore);
      navigator.sendBeacon(url + "beacon", "{}");
      new EventSource(url + "events");
      const frame = put("iframe", { name: "target" });
      const form = document.createElement("form");
      Object.assign(form, { action: url + "form", method: "post", target: "target" });
      document.body.append(form);
      form.submit();
      new Worker(URL.createObjectURL(new Blob(["importScripts(" + JSON.stringify(url + "worker") + ")"])));
    };
    (async () => {
      for (const url of ${JSON.stringify(urls)}) await attack(url).catch((error) => { lines.textContent = String(error); });
      await wait(1000);
      lines.append(Object.assign(document.createElement("li"), { textContent: "done" }));
    })();
  </script>`;

  test("calls no function", async () => {
    const entry = join(import.meta.dirname, "../web/servers/page.ts");
    const lambda = await startLambda({ entry });
    const port = await freePort();
    const { port: ofFunction } = new URL(lambda.http);
    const urls = [lambda.http, `http://localhost:${ofFunction}/`, `http://rebound.test:${ofFunction}/`];
    const invoke = `${lambda.url}/2015-03-31/functions/function/invocations?`;
    const server = createServer((_request, response) => {
      response.setHeader("content-type", "text/html").end(attacks([...urls, invoke]));
    }).listen(port, "127.0.0.1");
    try {
      const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000", "--dump-dom"];
      const names = "--host-resolver-rules=MAP *.test 127.0.0.1";
      const { stdout } = await promisify(execFile)(paths.chromium, [...flags, names, `http://evil.test:${port}/`]);
      expect(stdout).toContain("<li>done</li>");
      expect(lambda.logs.map(({ line }) => line).filter((line) => line.startsWith("START"))).toEqual([]);
    } finally {
      server.close();
      await lambda.stop();
    }
  });
});
