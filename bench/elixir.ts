/**
 * Elixir on Lambda: start to first `GET /next`, first response, round trip, memory and package size. Run by
 * `npm run bench elixir [rounds]`, with Elixir on the PATH. Beside the original Mayfly where its sources are at hand:
 *
 *   ORIGINAL_MAYFLY=<its checkout> JASON=<a checkout of Jason> npm run bench elixir
 *
 * The cases take turns, so that a drift of the machine meets all of them alike. Where this process may drop the page
 * cache (root on Linux), each start is timed with a cold one too.
 */
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROUNDS = Number(process.argv[2] ?? 15);
const INVOCATIONS = 200;
const EVENT = JSON.stringify({ name: "Ada", list: [1, 2.5, "three", null], nested: { key: "value" } });
const DROP_CACHES = "/proc/sys/vm/drop_caches";
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { ORIGINAL_MAYFLY: original, JASON: jason } = process.env;

interface Case {
  readonly name: string;
  readonly command: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly packageBytes: number;
}

interface Start {
  readonly next: number;
  readonly response: number;
  readonly roundTrips: readonly number[];
  readonly residentMb: number;
}

const folder = await mkdtemp(join(tmpdir(), "mayfly-bench-elixir-"));
try {
  await measure(await prepare());
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function prepare(): Promise<readonly Case[]> {
  const own = await project("own", []);
  run(own, "node", [join(root, "bin/mayfly.js"), "build", "--zip", "--host"], {
    MAYFLY_CACHE_DIR: join(folder, "cache"),
  });
  const cases = [unpack(own, "Mayfly", ["./bootstrap"], {})];
  if (original !== undefined) {
    const vendored = join(folder, "original");
    await cp(original, vendored, { recursive: true });
    const mix = await readFile(join(vendored, "mix.exs"), "utf8");
    const plain = mix
      .replace('{:jason, "~> 1.4"}', '{:jason, path: "../jason"}')
      .replace(/,\s*\{:ex_doc[^}]*\}/, "")
      .replace('"~> 1.15"', '"~> 1.14"');
    await writeFile(join(vendored, "mix.exs"), plain);
    const theirs = await project("theirs", [`{:mayfly, path: "../original"}`]);
    run(theirs, "mix", ["lambda.build", "--zip"], { MIX_ENV: "lambda" });
    // Amazon Linux's sh is bash.
    const command = ["bash", "./bootstrap"];
    cases.push(unpack(theirs, "original", command, {}));
    const tuned = { RELEASE_MODE: "interactive", RELEASE_DISTRIBUTION: "none" };
    cases.push(unpack(theirs, "original, interactive, no distribution", command, tuned));
  }
  return cases;
}

/** The README's quick start, with Jason if it is at hand. */
async function project(name: string, dependencies: readonly string[]): Promise<string> {
  const place = join(folder, name);
  if (jason !== undefined) {
    await cp(join(jason, "lib"), join(folder, "jason/lib"), { recursive: true });
    // Its own asks for a package from hex.pm, which is optional.
    await writeFile(join(folder, "jason/mix.exs"), mixFile("Jason", "jason", []));
  }
  const all = [...(jason === undefined ? [] : ['{:jason, path: "../jason", override: true}']), ...dependencies];
  await mkdir(join(place, "lib"), { recursive: true });
  await writeFile(join(place, "mix.exs"), mixFile("MyFunction", "my_function", all));
  await writeFile(
    join(place, "lib/my_function.ex"),
    `defmodule MyFunction do
  def handle(event), do: {:ok, %{message: "Hello from Elixir!", event: event}}
end
`,
  );
  return place;
}

function mixFile(module: string, application: string, dependencies: readonly string[]): string {
  return `defmodule ${module}.MixProject do
  use Mix.Project
  def project, do: [app: :${application}, version: "1.4.0", deps: [${dependencies.join(", ")}]]
  def application, do: [extra_applications: [:logger]]
end
`;
}

function unpack(
  place: string,
  name: string,
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
): Case {
  const target = join(folder, `case-${name.replaceAll(/\W+/g, "-")}`);
  run(place, "unzip", ["-q", "lambda.zip", "-d", target]);
  return { name, command, folder: target, environment, packageBytes: statSync(join(place, "lambda.zip")).size };
}

function run(cwd: string, command: string, args: readonly string[], environment: Record<string, string> = {}): void {
  const result = spawnSync(command, args, { cwd, encoding: "utf8", env: { ...process.env, ...environment } });
  if (result.status !== 0) {
    throw new Error(
      `${command} ${args.join(" ")} failed:\n${result.stdout}${result.stderr}${String(result.error ?? "")}`,
    );
  }
}

async function measure(cases: readonly Case[]): Promise<void> {
  const warm = new Map(cases.map(({ name }) => [name, [] as Start[]]));
  const cold = new Map(cases.map(({ name }) => [name, [] as number[]]));
  const coldRounds = mayDropCaches() ? ROUNDS : 0;
  for (let round = -1; round < ROUNDS; round++) {
    for (const one of cases) {
      const start = await timeStart(one, INVOCATIONS);
      if (round >= 0) warm.get(one.name)?.push(start);
    }
  }
  // Afterwards: each of them leaves the cache cold for the cases that follow.
  for (let round = 0; round < coldRounds; round++) {
    for (const one of cases) {
      run(folder, "sync", []);
      writeFileSync(DROP_CACHES, "3");
      cold.get(one.name)?.push((await timeStart(one, 1)).next);
    }
  }
  console.log(
    `${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores, ${process.platform}; ${elixirVersion()}; ` +
      `${ROUNDS} rounds, cases in turn, each start on an idle machine, ${INVOCATIONS} invocations each; medians in ms (quartiles)`,
  );
  for (const one of cases) {
    const starts = warm.get(one.name) ?? [];
    const trips = starts.flatMap(({ roundTrips }) => roundTrips);
    const mean = sum(trips) / trips.length;
    console.log(`\n${one.name}
  start to first next   ${spread(starts.map(({ next }) => next))}
  with a cold cache     ${coldRounds > 0 ? spread(cold.get(one.name) ?? []) : "not measured: the page cache can't be dropped"}
  start to first answer ${spread(starts.map(({ response }) => response))}
  round trip            mean ${mean.toFixed(2)}, p50 ${quantile(trips, 0.5).toFixed(2)}, p99 ${quantile(trips, 0.99).toFixed(2)}
  resident memory       ${quantile(
    starts.map(({ residentMb }) => residentMb),
    0.5,
  ).toFixed(0)} MB
  lambda.zip            ${(one.packageBytes / 1e6).toFixed(1)} MB`);
  }
}

/** One start of a package, and its first invocations. */
async function timeStart(one: Case, invocations: number): Promise<Start> {
  await idleMachine();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening");

  const roundTrips: number[] = [];
  let next: number | undefined;
  let given = 0;
  const [program = "", ...args] = one.command;
  const output: string[] = [];
  const started = performance.now();
  const child = spawn(program, args, {
    cwd: one.folder,
    stdio: ["ignore", "pipe", "pipe"],
    // Its processes are one group, to be ended together.
    detached: true,
    env: {
      PATH: process.env["PATH"],
      HOME: "/tmp",
      LANG: "C.UTF-8",
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${address.port}`,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1024",
      _HANDLER: "Elixir.MyFunction.handle",
      LOGLEVEL: "warn",
      ...one.environment,
    },
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (bytes: Buffer) => output.push(bytes.toString()));
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));

  const done = new Promise<number>((resolve, reject) => {
    void ended.then(() => reject(new Error(`${one.name} ended early:\n${output.join("")}`)));
    let response: number | undefined;
    const give = (answer: ServerResponse): void => {
      const id = `id-${roundTrips.length}`;
      answer
        .writeHead(200, {
          "lambda-runtime-aws-request-id": id,
          "lambda-runtime-deadline-ms": String(Date.now() + 60_000),
          "lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:123456789012:function:bench",
          "content-type": "application/json",
        })
        .end(EVENT);
      given = performance.now();
    };
    server.on("request", (request, answer) => {
      if (request.method === "GET") {
        next ??= performance.now() - started;
        if (roundTrips.length < invocations) return give(answer);
        return resolve(response ?? Number.NaN);
      }
      let body = "";
      request.on("data", (bytes: Buffer) => {
        body += bytes.toString();
      });
      request.on("end", () => {
        const now = performance.now();
        response ??= now - started;
        roundTrips.push(now - given);
        if (!request.url?.endsWith("/response") || !body.includes("Ada")) reject(new Error(`${one.name}: ${body}`));
        answer.writeHead(202).end('{"status":"OK"}');
      });
    });
  });
  try {
    const response = await done;
    return { next: next ?? Number.NaN, response, roundTrips, residentMb: residentMb(child.pid ?? 0) };
  } finally {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    await ended;
    server.closeAllConnections();
    server.close();
  }
}

/** Waits until nothing else runs, but not forever. What other programs do in between is noise all the same. */
async function idleMachine(): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const before = cpuTimes();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const after = cpuTimes();
    if ((after.idle - before.idle) / (after.all - before.all) > 0.9) return;
  }
}

function cpuTimes(): { readonly idle: number; readonly all: number } {
  const all = cpus().flatMap(({ times }) => Object.values(times));
  const idle = cpus().map(({ times }) => times.idle);
  return { idle: sum(idle), all: sum(all) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Of all processes of the group. */
function residentMb(group: number): number {
  let kilobytes = 0;
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      if (Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]) !== group) continue;
      kilobytes += Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${entry}/status`, "utf8"))?.[1] ?? 0);
    } catch {
      // It has ended between the listing and the reading.
      continue;
    }
  }
  return kilobytes / 1024;
}

function mayDropCaches(): boolean {
  try {
    accessSync(DROP_CACHES, constants.W_OK);
    writeFileSync(DROP_CACHES, "1");
    return true;
  } catch {
    // Not Linux, or not root.
    return false;
  }
}

function elixirVersion(): string {
  const { stdout } = spawnSync("elixir", ["--version"], { encoding: "utf8" });
  return stdout.trim().replaceAll(/\n+/g, ", ");
}

function spread(values: readonly number[]): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(values, share).toFixed(0));
  return `${middle} (${low} to ${high})`;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
