/**
 * One environment of the hello example for a million invocations: whether each is answered once and rightly, and what
 * the process holds as they go on. Run by `npm run bench soak [invocations]`.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NEXT_PATH } from "../src/protocol/paths.ts";
import { parseRuntimeRoute } from "../src/protocol/routes.ts";
import { describeMachine } from "./machine.ts";

const INVOCATIONS = Number(process.argv[2] ?? 1_000_000);
/** When it is looked at: as shares of all. The first is behind what a start leaves. */
const LOOKS = [0.01, 0.1, 0.25, 0.5, 0.75, 1];

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "mayfly-soak-"));
const answered = new Uint8Array(INVOCATIONS);
const faults = { lost: 0, doubled: 0, wrong: 0, errors: 0 };
const finished = Promise.withResolvers<void>();
const progress = { given: 0 };

try {
  build();
  using server = Bun.serve({ port: 0, hostname: "127.0.0.1", idleTimeout: 0, fetch: answer });
  const environment = {
    _HANDLER: "hello.handle",
    AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${server.port}`,
    AWS_LAMBDA_FUNCTION_NAME: "soak",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
    LAMBDA_TASK_ROOT: folder,
    PATH: "/usr/bin:/bin",
  };
  const runtime = spawn(join(folder, "bootstrap"), {
    env: environment,
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(runtime, "exit").then(([code, signal]) => {
    throw new Error(`The runtime ended after ${progress.given} invocations: ${code ?? signal}`);
  });
  ended.catch(() => undefined);
  const started = performance.now();
  const { cpu, cores, system } = describeMachine();
  console.log(`${INVOCATIONS} invocations in one environment; ${cpu}, ${cores} cores, ${system}`);
  for (const share of LOOKS) {
    const count = Math.ceil(INVOCATIONS * share);
    while (progress.given < count) await Promise.race([ended, Bun.sleep(20)]);
    if (share === 1) await Promise.race([ended, finished.promise]);
    console.log(`${String(progress.given).padStart(9)}  ${held(runtime.pid ?? 0)}`);
  }
  const seconds = (performance.now() - started) / 1000;
  for (const times of answered) if (times === 0) faults.lost += 1;
  console.log(`${(INVOCATIONS / seconds).toFixed(0)} a second; ${JSON.stringify(faults)}`);
  runtime.kill("SIGKILL");
  process.exitCode = Object.values(faults).some((count) => count > 0) ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function build(): void {
  const args = [join(root, "bin/mayfly.js"), "build", "--host", "--outdir", folder];
  const { status, stderr } = spawnSync("node", args, { cwd: join(root, "examples/hello"), encoding: "utf8" });
  if (status !== 0) throw new Error(`mayfly build failed: ${stderr}`);
}

async function answer(request: Request): Promise<Response> {
  const path = request.url.slice(request.url.indexOf("/", "http://".length));
  if (request.method === "GET" && path === NEXT_PATH) return next();
  const route = parseRuntimeRoute(request.method, path);
  if (route.kind !== "response") {
    faults.errors += 1;
    return Response.json({ status: "OK" }, { status: 202 });
  }
  const index = Number(route.requestId.slice(-12));
  const body = await request.text();
  if (body !== `{"message":"Hello ${index}, from soak"}`) faults.wrong += 1;
  if (answered[index] !== 0) faults.doubled += 1;
  answered[index] = 1;
  if (index === INVOCATIONS - 1) finished.resolve();
  return Response.json({ status: "OK" }, { status: 202 });
}

function next(): Response | Promise<Response> {
  // Held until the process is ended.
  if (progress.given === INVOCATIONS) return new Promise(() => undefined);
  const index = progress.given++;
  return new Response(`{"name":"${index}"}`, {
    headers: {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
      "lambda-runtime-deadline-ms": String(Date.now() + 60_000),
      "lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:123456789012:function:soak",
    },
  });
}

/** What the process has now: memory that is its own, and open descriptors. */
function held(pid: number): string {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mb = (name: string): string =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024).toFixed(1);
  return `${mb("RssAnon")} MB of its own, ${mb("VmRSS")} MB resident, ${readdirSync(`/proc/${pid}/fd`).length} descriptors`;
}
