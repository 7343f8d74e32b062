import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LocalLambda } from "../../src/local/local-lambda.ts";
import { nodePackage, startHarness } from "./support/fake-runtime.ts";
import { send } from "./support/http.ts";
import { until } from "../support/eventually.ts";

describe("the process of a function", () => {
  test("has Lambda's variables and the function's own, and none of ours", async () => {
    process.env["MAYFLY_TEST_SECRET"] = "not for functions";
    const { invoke } = await startHarness(`loop(() => process.env)`, {
      memory: 256,
      handler: "src/hello.handle",
      environment: { TABLE: "users", TZ: "Europe/Vienna" },
    });
    const { value } = await invoke({});
    delete process.env["MAYFLY_TEST_SECRET"];
    expect(value).toEqual({
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA[A-Z0-9]{16}$/),
      AWS_SECRET_ACCESS_KEY: expect.stringMatching(/^.{40}$/),
      AWS_SESSION_TOKEN: expect.any(String),
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_LAMBDA_FUNCTION_NAME: "hello",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/hello",
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_RUNTIME_API: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
      AWS_XRAY_DAEMON_ADDRESS: "169.254.100.1:2000",
      _AWS_XRAY_DAEMON_ADDRESS: "169.254.100.1",
      _AWS_XRAY_DAEMON_PORT: "2000",
      LAMBDA_TASK_ROOT: expect.stringMatching(/^\/.*\/hello\/task$/),
      LAMBDA_RUNTIME_DIR: "/var/runtime",
      LANG: "en_US.UTF-8",
      LD_LIBRARY_PATH: expect.stringContaining("/hello/task/lib:"),
      PATH: "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
      TMPDIR: expect.stringMatching(/^\/.*\/hello\/tmp\/[0-9a-f-]{36}$/),
      TZ: "Europe/Vienna",
      _HANDLER: "src/hello.handle",
      TABLE: "users",
    });
  });

  test("runs in a read-only copy of the package", async () => {
    const folder = nodePackage(
      `const fs = require("node:fs"); loop(() => ({ cwd: process.cwd(), root: process.env.LAMBDA_TASK_ROOT,
         modes: ["bootstrap", "lib", "lib/data.txt"].map((file) => (fs.statSync(file).mode & 0o777).toString(8)) }))`,
    );
    mkdirSync(join(folder, "lib"));
    writeFileSync(join(folder, "lib", "data.txt"), "data");
    const { invoke } = await startHarness("", { package: folder });
    const { value } = await invoke({});
    const { cwd, root, modes } = value as { cwd: string; root: string; modes: string[] };
    expect(cwd).toBe(root);
    expect(cwd).not.toBe(folder);
    expect(modes).toEqual(["555", "555", "444"]);
    expect(statSync(join(folder, "lib", "data.txt")).mode & 0o200).toBe(0o200);
  });

  test("keeps its temporary files to itself", async () => {
    const { invoke, lambda } = await startHarness(
      `const fs = require("node:fs");
       loop(async (event) => { fs.writeFileSync(process.env.TMPDIR + "/" + event.name, ""); if (event.wait) await new Promise((go) => setTimeout(go, 500)); return fs.readdirSync(process.env.TMPDIR); })`,
    );
    const [one, two] = await Promise.all([invoke({ name: "one", wait: true }), invoke({ name: "two", wait: true })]);
    expect([one.value, two.value]).toEqual([["one"], ["two"]]);
    await lambda.stop();
  });
});

describe("a setting that Lambda would refuse", () => {
  test.each([
    [{ memory: 64 }, "memory must be a whole number from 128 to 10240 (MB), not 64."],
    [{ timeout: 0 }, "timeout must be above 0 and at most 900 (seconds), not 0."],
    [{ environment: { AWS_REGION: "x" } }, "the environment variable AWS_REGION is reserved by Lambda."],
    [{ environment: { "1A": "x" } }, `"1A" can't name an environment variable`],
    [{ environment: { BIG: "x".repeat(4096) } }, "the environment variables take 4099 bytes; Lambda allows 4096."],
    [{ environments: 0 }, "environments must be a whole number from 1, not 0."],
  ] as const)("%j is named", async (settings, message) => {
    const start = LocalLambda.start({ functions: { hello: { package: nodePackage(""), ...settings } } });
    await expect(start).rejects.toMatchObject({
      code: "MAYFLY_INVALID_FUNCTION",
      message: expect.stringContaining(`Function "hello": ${message}`),
    });
  });

  test("a port in use is named", async () => {
    const { lambda } = await startHarness("");
    const port = Number(new URL(lambda.url).port);
    const start = LocalLambda.start({ functions: { hello: { package: nodePackage("") } }, port });
    await expect(start).rejects.toMatchObject({ code: "MAYFLY_PORT_IN_USE" });
  });
});

test("after a stop nothing is left: no process, no file, no port", async () => {
  const { invoke, lambda } = await startHarness(
    `const { spawn } = require("node:child_process");
     const child = spawn("sleep", ["300"], { detached: true, stdio: "ignore" });
     loop(() => ({ pid: process.pid, child: child.pid, root: process.cwd(), tmp: process.env.TMPDIR, api: process.env.AWS_LAMBDA_RUNTIME_API }))`,
  );
  const { value } = await invoke({});
  const { pid, child, root, tmp, api } = value as Record<string, string>;
  await lambda.stop();
  // The kernel takes a moment to end what was killed.
  for (const id of [pid, child])
    await until(
      () => !isRunning(Number(id)),
      () => `Process ${id} still runs`,
    );
  expect(existsSync(String(root))).toBe(false);
  expect(existsSync(String(tmp))).toBe(false);
  await expect(send(`http://${api}/`)).rejects.toThrow("ECONNREFUSED");
  await expect(send(lambda.url)).rejects.toThrow("ECONNREFUSED");
});

/** A killed grandchild may remain as a zombie where nobody reaps it. */
function isRunning(pid: number): boolean {
  if (process.platform !== "linux") return false;
  return existsSync(`/proc/${pid}/exe`) && existsSync(`/proc/${pid}/fd/0`);
}
