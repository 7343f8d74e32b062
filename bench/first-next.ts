/**
 * Time from process start to the first `GET /next`, built artifacts against an empty compiled program of the same
 * engine. Run by `npm run bench`. The cases take turns, so that a drift of the machine meets all of them alike.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { NEXT_PATH } from "../src/protocol/paths.ts";

const ROUNDS = Number(process.argv[2] ?? 60);
const WARM_UP = 3;
const root = join(dirname(fileURLToPath(import.meta.url)), "..");

interface Case {
  readonly name: string;
  readonly command: string;
  /** Without one the program is timed from start to end. */
  readonly handler: string | undefined;
}

const folder = await mkdtemp(join(tmpdir(), "mayfly-bench-"));
try {
  await measure(await prepare());
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function prepare(): Promise<readonly Case[]> {
  const source = join(folder, "empty.ts");
  const empty = join(folder, "empty");
  await writeFile(source, "export {};\n");
  const flags = ["build", "--compile", "--bytecode", "--format=esm", "--minify", "--target=bun"];
  run(process.execPath, [...flags, source, "--outfile", empty]);
  const build = (example: string): string => {
    const outdir = join(folder, example);
    run("node", [join(root, "bin/mayfly.js"), "build", join(root, "examples", example), "--outdir", outdir]);
    return join(outdir, "bootstrap");
  };
  return [
    { name: "empty program, start to end", command: empty, handler: undefined },
    { name: "examples/hello, start to first next", command: build("hello"), handler: "hello.handle" },
    { name: "examples/aws-sdk, start to first next", command: build("aws-sdk"), handler: "orders.handle" },
  ];
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stderr}`);
}

async function measure(cases: readonly Case[]): Promise<void> {
  const times = new Map(cases.map(({ name }) => [name, [] as number[]]));
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const { name, command, handler } of cases) {
      const ms = await (handler === undefined ? timeToEnd(command) : timeToNext(command, handler));
      if (round >= 0) times.get(name)?.push(ms);
    }
  }
  const [floor] = [...times.values()].map(median);
  console.log(
    `${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores, ${process.platform}; Bun ${process.versions["bun"]}; ${ROUNDS} rounds, cases in turn, warm page cache`,
  );
  for (const [name, values] of times) {
    const [low, high] = [quantile(values, 0.25), quantile(values, 0.75)];
    console.log(
      `${name.padEnd(40)} median ${median(values).toFixed(1)} ms  (quartiles ${low.toFixed(1)} to ${high.toFixed(1)}), ${(median(values) - (floor ?? 0)).toFixed(1)} ms over the empty program`,
    );
  }
}

function timeToEnd(command: string): Promise<number> {
  const started = performance.now();
  const child = spawn(command, { stdio: "ignore", env: {} });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", () => resolve(performance.now() - started));
  });
}

async function timeToNext(command: string, handler: string): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  const started = performance.now();
  const child = spawn(command, {
    stdio: "ignore",
    env: { AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`, AWS_REGION: "us-east-1", _HANDLER: handler },
  });
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  const ms = await Promise.race([
    new Promise<number>((resolve, reject) => {
      server.on("connection", (socket) => {
        socket
          .on("error", () => undefined)
          .once("data", (bytes) => {
            const elapsed = performance.now() - started;
            if (bytes.toString("latin1").startsWith(`GET ${NEXT_PATH} `)) resolve(elapsed);
            else reject(new Error(`${command} sent something else first: ${bytes.toString("utf8").slice(0, 500)}`));
          });
      });
    }),
    ended.then(() => Promise.reject(new Error(`${command} ended before it asked for an invocation`))),
  ]);
  child.kill("SIGKILL");
  await ended;
  server.close();
  return ms;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address !== null && typeof address === "object") resolve(address.port);
      else reject(new Error("not listening"));
    });
  });
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
