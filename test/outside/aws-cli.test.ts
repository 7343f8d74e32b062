import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LocalLambda } from "../../src/local/local-lambda.ts";
import { buildExample } from "./build-example.ts";
import { awsCommandLine, describeWith } from "./parts.ts";

describeWith({ aws: awsCommandLine }, "aws lambda invoke on our Invoke API", ({ aws }) => {
  let errors: ReturnType<typeof buildExample>;
  let lambda: LocalLambda;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "mayfly-cli-"));
    errors = buildExample("errors");
    lambda = await LocalLambda.start({ functions: { reserve: { package: errors.folder, handler: "errors.handle" } } });
  });

  afterAll(async () => {
    await lambda?.stop();
    errors?.remove();
    rmSync(folder, { recursive: true });
  });

  async function invoke(event: string, functionName: string, ...flags: readonly string[]) {
    const [input, output] = [join(folder, "event.json"), join(folder, "answer.json")];
    writeFileSync(input, event);
    writeFileSync(output, "");
    const command = ["lambda", "invoke", "--endpoint-url", lambda.url, "--function-name", functionName];
    const child = spawn(aws, [...command, "--payload", `fileb://${input}`, ...flags, output], {
      env: {
        PATH: process.env["PATH"],
        AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
        AWS_SECRET_ACCESS_KEY: "not-a-secret",
        AWS_DEFAULT_REGION: "us-east-1",
        AWS_CONFIG_FILE: join(folder, "no-config"),
        AWS_SHARED_CREDENTIALS_FILE: join(folder, "no-credentials"),
      },
    });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    return { code: child.exitCode, stdout, stderr, payload: readFileSync(output, "utf8") };
  }

  test("writes the answer to the file and the metadata to the terminal", async () => {
    const run = await invoke(`{"sku":"lamp"}`, "reserve");
    expect(run.stderr).toBe("");
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toEqual({ StatusCode: 200, ExecutedVersion: "$LATEST" });
    expect(JSON.parse(run.payload)).toEqual({ reserved: "1 × lamp" });
  });

  test("knows the only function as `function`", async () => {
    const run = await invoke(`{"sku":"bulb"}`, "function");
    expect(JSON.parse(run.payload)).toEqual({ reserved: "1 × bulb" });
  });

  test("shows a function error, and the log when asked", async () => {
    const run = await invoke("{}", "reserve", "--log-type", "Tail");
    const metadata: unknown = JSON.parse(run.stdout);
    expect(metadata).toMatchObject({ StatusCode: 200, FunctionError: "Unhandled", LogResult: expect.any(String) });
    const { LogResult } = metadata as { LogResult: string };
    expect(Buffer.from(LogResult, "base64").toString()).toContain("END RequestId:");
    expect(JSON.parse(run.payload)).toMatchObject({ errorMessage: "sku is required" });
  });

  test("fails for a function that doesn't exist", async () => {
    const run = await invoke("{}", "nobody");
    expect(run.code).not.toBe(0);
    expect(run.stderr).toContain("ResourceNotFoundException");
  });
});
