import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, onTestFinished } from "vitest";
import { LocalLambda, type LocalLambdaOptions } from "../../../src/local/local-lambda.ts";
import type { LocalFunction } from "../../../src/local/function-settings.ts";
import type { LogEvent } from "../../../src/local/log.ts";

/**
 * A runtime as a stranger would write it: a node script that speaks HTTP and shares no code with Mayfly.
 * `call`, `next`, `respond`, `fail` and `loop` are what the scripts of the tests use.
 */
const PRELUDE = `
const http = require("node:http");
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true });
function call(method, path, body, headers) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, path, headers, agent }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() }));
    });
    request.on("error", reject);
    request.end(body);
  });
}
const api = "/2018-06-01/runtime";
const next = async () => {
  const { headers, body } = await call("GET", api + "/invocation/next");
  return { id: headers["lambda-runtime-aws-request-id"], headers, event: JSON.parse(body) };
};
const respond = (id, value) => call("POST", api + "/invocation/" + id + "/response", JSON.stringify(value));
const fail = (id, errorType, errorMessage, headers) =>
  call("POST", api + "/invocation/" + id + "/error", JSON.stringify({ errorType, errorMessage, stackTrace: [] }), headers);
const stream = (id, contentType = "application/octet-stream") => {
  const request = http.request({ host, port, method: "POST", agent, path: api + "/invocation/" + id + "/response", headers: {
    "content-type": contentType, "transfer-encoding": "chunked", "lambda-runtime-function-response-mode": "streaming",
    trailer: "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body" } });
  request.answered = new Promise((resolve, reject) => {
    request.on("error", reject);
    request.on("response", (response) => { response.resume(); response.on("end", () => resolve(response.statusCode)); });
  });
  return request;
};
const loop = async (handle) => {
  for (;;) {
    const invocation = await next();
    const result = await handle(invocation.event, invocation);
    if (result !== undefined) await respond(invocation.id, result);
  }
};
`;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
  folders.push(folder);
  return folder;
}

/** A package folder whose bootstrap runs `script` under node. */
export function nodePackage(script: string): string {
  return scriptPackage(`#!${process.execPath}\n${PRELUDE}\n${script}\n`);
}

export function scriptPackage(bootstrap: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "bootstrap"), bootstrap);
  chmodSync(join(folder, "bootstrap"), 0o755);
  return folder;
}

export interface Harness {
  readonly lambda: LocalLambda;
  readonly logs: LogEvent[];
  /** Log lines so far. */
  readonly lines: () => string[];
  /** Resolves with the first line, past or to come, that matches. */
  readonly line: (pattern: RegExp) => Promise<string>;
  /** Resolves with what `look` gives as soon as the log makes that something. */
  readonly until: <T>(look: () => T | undefined) => Promise<T>;
  /** Invokes the only function and parses what comes back. */
  readonly invoke: (event: unknown) => Promise<{ readonly error: boolean; readonly value: unknown }>;
}

/** A machine that is busy takes its time. */
const PATIENT: Partial<LocalFunction> = { timeout: 60 };

/**
 * A local Lambda with one function, `hello`, stopped when the test is over.
 * @param settings `{}` for Lambda's own
 */
export async function startHarness(
  script: string,
  settings: Partial<LocalFunction> = PATIENT,
  options: Partial<LocalLambdaOptions> = {},
): Promise<Harness> {
  const logs: LogEvent[] = [];
  const watchers = new Set<() => void>();
  const lambda = await LocalLambda.start({
    functions: { hello: { package: nodePackage(script), handler: "hello.handle", ...settings } },
    ...options,
    onLog: (event) => {
      logs.push(event);
      for (const watcher of watchers) watcher();
    },
  });
  onTestFinished(() => lambda.stop());
  const lines = (): string[] => logs.map((event) => event.line);
  const until = <T>(look: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const watcher = (): void => {
        const found = look();
        if (found === undefined) return;
        watchers.delete(watcher);
        resolve(found);
      };
      watchers.add(watcher);
      watcher();
    });
  return {
    lambda,
    logs,
    lines,
    line: (pattern) => until(() => lines().find((line) => pattern.test(line))),
    until,
    invoke: async (event) => {
      const result = await lambda.invoke("hello", Buffer.from(JSON.stringify(event)));
      return { error: result.functionError, value: JSON.parse(result.payload.toString()) };
    },
  };
}
