import { execFile, spawn } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { ScriptedRuntimeApi } from "../../contract/runtime-api.ts";
import { startProcess } from "../../contract/runtime-process.ts";
import { sharedFolder } from "../../support/shared.ts";
import { runMayfly } from "../../support/run-mayfly.ts";

/** A folder here with a `project.json` and a `package.json`; `install.sh` makes it one of `INSTALLED`, with its packages. */
export interface Project {
  readonly name: string;
  /** Where it is installed. */
  readonly folder: string;
  /** What is built: its base name is the handler's module. */
  readonly entry: string;
  /** Default: `handler`. */
  readonly handler: string;
  /** What Node.js runs: the entry, or what TypeScript's compiler makes of it. */
  readonly module: string;
  readonly events: readonly unknown[];
  readonly environment: Readonly<Record<string, string>>;
  /** What the build says when it refuses the project, where that is right. */
  readonly refused: string | undefined;
}

export type Outcome = { readonly value: unknown } | { readonly error: unknown };

const here = import.meta.dirname;
/** Not below Mayfly's own packages, which would be found there too. */
export const INSTALLED: string = join(
  process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"),
  "mayfly-test-projects",
);

/** Those that are installed. */
export function projects(): readonly Project[] {
  if (!existsSync(INSTALLED)) return [];
  return readdirSync(INSTALLED)
    .filter((name) => existsSync(join(here, name, "project.json")))
    .map((name) => readProject(name));
}

function readProject(name: string): Project {
  const given: ProjectFile = JSON.parse(readFileSync(join(here, name, "project.json"), "utf8"));
  for (const { name: file } of readdirSync(join(here, name), { withFileTypes: true })) {
    // What was edited since is what is run.
    if (/\.(?:[cm]?[jt]s|json)$/.test(file) && file !== "package.json")
      copyFileSync(join(here, name, file), join(INSTALLED, name, file));
  }
  const folder = join(INSTALLED, name, given.folder ?? "");
  return {
    name,
    folder,
    entry: given.entry,
    handler: given.handler ?? "handler",
    module: given.module ?? given.entry,
    events: (given.events ?? [{}]).map(eventOf),
    environment: given.environment ?? {},
    refused: given.refused,
  };
}

interface ProjectFile {
  readonly entry: string;
  /** Where in it the function is, for several packages. */
  readonly folder?: string;
  readonly handler?: string;
  readonly module?: string;
  /** `{ "http": "GET /path", "body"?: … }` is a whole event of a function URL. Default: one, `{}`. */
  readonly events?: readonly unknown[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly refused?: string;
}

function eventOf(given: unknown): unknown {
  if (typeof given !== "object" || given === null || !("http" in given)) return given;
  const [method = "", path = ""] = String(given.http).split(" ");
  const [rawPath, rawQueryString = ""] = path.split("?");
  const body = "body" in given ? JSON.stringify(given.body) : undefined;
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    headers: { host: "example.org", ...(body !== undefined && { "content-type": "application/json" }) },
    queryStringParameters: Object.fromEntries(new URLSearchParams(rawQueryString)),
    requestContext: {
      accountId: "123456789012",
      apiId: "api",
      domainName: "example.org",
      domainPrefix: "example",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" },
      requestId: "request",
      routeKey: "$default",
      stage: "$default",
      time: "01/Jan/2026:00:00:00 +0000",
      timeEpoch: 1_767_225_600_000,
    },
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
  };
}

/** What the build says, and where it put the package. */
export async function build(project: Project): Promise<{ readonly code: number | null; readonly says: string }> {
  const args = ["build", project.entry, "--host", "--outdir", outdirOf(project)];
  const { code, stdout, stderr } = await runMayfly(args, { cwd: project.folder });
  return { code, says: stdout + stderr };
}

/** What is not part of the project, so that nothing of it is found at run time that isn't in the package. */
function outdirOf({ name }: Project): string {
  return join(sharedFolder(), "projects", name);
}

export async function outcomesAsBuilt(project: Project): Promise<readonly Outcome[]> {
  const api = await ScriptedRuntimeApi.start();
  const outdir = outdirOf(project);
  const runtime = startProcess(api.address, {
    bootstrap: join(outdir, "bootstrap"),
    handler: `${project.entry.replace(/\.[^.]+$/, "")}.${project.handler}`,
    environment: { ...variables(project), LAMBDA_TASK_ROOT: outdir, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1024" },
  });
  try {
    const outcomes: Outcome[] = [];
    for (const event of project.events) {
      const posted = await Promise.race([
        api.invoke(event, { deadlineMs: Date.now() + 60_000 }),
        runtime.exited.then(() => {
          throw new Error(`the bootstrap ended:\n${runtime.lines.join("\n")}`);
        }),
      ]);
      outcomes.push(outcomeOf(posted.kind, posted.json()));
    }
    return outcomes;
  } finally {
    runtime.kill("SIGKILL");
    await runtime.exited;
    await api.stop();
  }
}

function outcomeOf(kind: string, value: unknown): Outcome {
  if (kind === "response") return { value };
  const { errorType, errorMessage }: Record<string, unknown> = Object(value);
  return { error: { errorType, errorMessage } };
}

function variables(project: Project): Record<string, string> {
  return { NODE_ENV: "production", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", ...project.environment };
}

/** @param node the path of Node.js 22 */
export async function outcomesInNode(project: Project, node: string): Promise<readonly Outcome[]> {
  if (project.module !== project.entry) {
    await promisify(execFile)(node, [join(here, "../../../node_modules/typescript/bin/tsc"), "-p", "."], {
      cwd: project.folder,
    });
  }
  const args = ["--no-warnings", join(here, "in-node.mjs"), join(project.folder, project.module), project.handler];
  const child = spawn(node, args, {
    cwd: project.folder,
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      LANG: "en_US.UTF-8",
      TZ: ":UTC",
      AWS_REGION: "us-east-1",
      AWS_LAMBDA_FUNCTION_NAME: "contract",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1024",
      LAMBDA_TASK_ROOT: project.folder,
      ...variables(project),
    },
  });
  child.stdin.end(JSON.stringify(project.events));
  const output = await text(child.stdout);
  return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "");
}
