import { createHash } from "node:crypto";
import { readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPromise } from "yauzl";
import { type TestProject, testProject } from "./test-project.ts";

const HELLO = `
import { ok } from "mayfly";
import { greeting } from "./greeting.ts";
export class GreetingError extends Error {}
export function handle(event: { name: string }) {
  return ok(greeting(event.name));
}
`;
const GREETING = "export const greeting = (name: string): string => `Hello ${name}`;\n";
const PROJECT = { "src/hello.ts": HELLO, "src/greeting.ts": GREETING };
const HANDLER = "export const handle = () => 1;\n";

describe("mayfly build", () => {
  /** Built without anything that changes it, for what is compared with that. */
  let plain: Built;
  beforeAll(async () => {
    plain = await buildPlain();
  });
  afterAll(() => plain.project[Symbol.dispose]());

  test("--zip writes lambda.zip with an executable bootstrap and says which handler to set", async () => {
    using project = testProject(PROJECT);
    const { code, stdout, stderr } = await project.mayfly(["build", "src/hello.ts", "--zip"]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^lambda\.zip {2}\d+\.\d MB, \d+\.\d MB unzipped, x86_64$/m);
    expect(stdout).toContain("Handler: hello.handle  (src/hello.ts)");
    expect(stdout).toContain(`sha256 ${sha256(join(project.folder, "lambda.zip"))}`);
    expect(await zipEntries(join(project.folder, "lambda.zip"))).toEqual([{ name: "bootstrap", mode: 0o100755 }]);
  });

  test("takes a folder with a handler of its own for the project, unless a config above it says otherwise", async () => {
    const nested = { "src/index.ts": HANDLER, "part/src/index.ts": "export const nested = () => 1;\n" };
    using project = testProject(nested);
    const handlers = async (): Promise<unknown> =>
      JSON.parse((await project.mayfly(["build", "--json"], { cwd: "part" })).stdout);
    expect(await handlers()).toMatchObject({ handlers: [{ handler: "index.nested", file: "src/index.ts" }] });
    project.write({ "mayfly.config.ts": 'export default { functions: { all: { entry: "src/index.ts" } } };\n' });
    expect(await handlers()).toMatchObject({ handlers: [{ handler: "index.handle", file: "src/index.ts" }] });
  });

  test("without --zip writes an executable bootstrap to --outdir, which it makes", () => {
    const path = join(plain.project.folder, "out/deep/bootstrap");
    expect(plain.result.artifacts).toEqual([expect.objectContaining({ path, kind: "bootstrap", arch: "x86_64" })]);
    expect(statSync(path).mode & 0o777).toBe(0o755);
  });

  test("--json prints the result as one object, with the hash in both forms that people compare", async () => {
    using project = testProject(PROJECT);
    const result = await build(project, "src/hello.ts", "-z");
    const zip = join(project.folder, "lambda.zip");
    const hash = sha256(zip);
    expect(result).toEqual({
      artifacts: [
        {
          path: zip,
          kind: "zip",
          arch: "x86_64",
          bytes: statSync(zip).size,
          unzippedBytes: expect.any(Number),
          sha256: hash,
          codeSha256: Buffer.from(hash, "hex").toString("base64"),
          beside: [],
          native: [],
        },
      ],
      found: null,
      handlers: [{ handler: "hello.handle", file: "src/hello.ts" }],
      functions: [],
      durationMs: expect.any(Number),
      warnings: [],
    });
  });

  test("gives the same bytes wherever the project lies and whatever the builder's environment", async () => {
    const files = {
      ...PROJECT,
      "src/deep/.keep": "",
      "src/legacy.cjs": "exports.place = [__dirname, __filename];\n",
      "src/paths.ts": `import { place } from "./legacy.cjs";\nexport const handle = () => [place, import.meta.url, process.env.NODE_ENV];\n`,
    };
    using here = testProject(files);
    using there = testProject(files, "quite/another place");
    const [one] = (await build(here, "src/hello.ts", "src/paths.ts", "-z")).artifacts;
    const moved = await there.mayfly(["build", "../hello.ts", "../paths.ts", "-z", "--json", "-o", "../../out"], {
      cwd: "src/deep",
      environment: { NODE_ENV: "test", TZ: "Asia/Tokyo", HOME: there.folder },
    });
    const [two] = parse(moved.stdout).artifacts;
    expect(two?.path).toBe(join(there.folder, "out/lambda.zip"));
    expect(two?.sha256).toBe(one?.sha256);
    expect(readFileSync(await unpacked(there, "out/lambda.zip"), "latin1")).not.toContain("another place");
  });

  test("finds the handlers by convention, in each file, without running any of it", async () => {
    using project = testProject({
      "src/handlers/users.ts": `export const api = { list: () => [], create: async () => 1 };\nthrow new Error("ran");\n`,
      "src/handlers/report/index.ts": `export * from "../../monthly.ts";\n`,
      "src/handlers/legacy.js": `exports.handler = async () => 1;\n`,
      "src/monthly.ts": HANDLER,
    });
    const { handlers } = await build(project);
    expect(handlers).toEqual([
      { handler: "legacy.handler", file: "src/handlers/legacy.js" },
      { handler: "index.handle", file: "src/handlers/report/index.ts" },
      { handler: "users.api.create", file: "src/handlers/users.ts" },
      { handler: "users.api.list", file: "src/handlers/users.ts" },
    ]);
  });

  test("names handlers by as much of their path as tells them apart", async () => {
    using project = testProject({ "a/users.ts": HANDLER, "b/users.ts": HANDLER, "b/report.ts": HANDLER });
    const { handlers } = await build(project, "a/users.ts", "b/users.ts", "b/report.ts");
    expect(handlers.map(({ handler }) => handler)).toEqual(["a/users.handle", "report.handle", "b/users.handle"]);
  });

  test("warns of a handler string that Lambda refuses", async () => {
    using project = testProject({ "src/my handler.ts": HANDLER });
    const { code, stdout } = await project.mayfly(["build"]);
    expect(code).toBe(0);
    expect(stdout).toContain('warning: Lambda takes no handler "my handler.handle"');
  });

  test("takes a folder as a project of its own", async () => {
    using project = testProject({ "examples/one/src/hello.ts": HANDLER });
    const { handlers } = await build(project, "examples/one");
    expect(handlers).toEqual([{ handler: "hello.handle", file: "src/hello.ts" }]);
  });

  test("follows a link to the project to where it really is", async () => {
    using project = testProject({ "real/package.json": "{}", "real/src/hello.ts": HANDLER });
    symlinkSync("real", join(project.folder, "link"));
    const direct = await build(project, "real/src/hello.ts", "-o", "one");
    const linked = await build(project, "link/src/hello.ts", "-o", "two");
    expect(linked.handlers).toEqual(direct.handlers);
    expect(linked.artifacts[0]?.sha256).toBe(direct.artifacts[0]?.sha256);
  });

  test("leaves source maps out with --no-sourcemap", async () => {
    using project = testProject(PROJECT);
    const [withMap] = plain.result.artifacts;
    const [without] = (await build(project, "src/hello.ts", "--no-sourcemap")).artifacts;
    expect(without?.bytes).toBeLessThan(withMap?.bytes ?? 0);
  });

  test("has the settings of mayfly.config.ts for each function", async () => {
    using project = testProject({
      "src/users.ts": "export const list = () => [];\nexport const create = () => 1;\n",
      "src/report.ts": HANDLER,
      "mayfly.config.ts": `
        import { defineConfig, type MayflyConfig } from "mayfly";
        const config: MayflyConfig = {
          functions: {
            listUsers: { entry: "src/users.ts", handler: "list", memory: 256, url: true },
            createUser: { entry: "./src/users.ts", handler: "src/users.create" },
            report: { entry: "src/report", timeout: 60, environment: { TABLE: "users" } },
          },
        };
        export default defineConfig(config);`,
    });
    const { functions, artifacts } = await build(project, "-z");
    const artifact = join(project.folder, "lambda.zip");
    const defaults = { memory: 128, timeout: 3, arch: "x86_64", environment: {}, url: false, stream: false, artifact };
    expect(artifacts).toHaveLength(1);
    expect(functions).toEqual([
      { ...defaults, name: "listUsers", handler: "users.list", entry: "src/users.ts", memory: 256, url: true },
      { ...defaults, name: "createUser", handler: "users.create", entry: "src/users.ts" },
      {
        ...defaults,
        name: "report",
        handler: "report.handle",
        entry: "src/report.ts",
        timeout: 60,
        environment: { TABLE: "users" },
      },
    ]);
  });

  test("takes a config's word for a handler that reading the code can't judge", async () => {
    const entries = ["made", "wrapped", "service.run", "table.get", "src/a.table.put", "a.spread.list"];
    const functions = Object.fromEntries(entries.map((handler, i) => [`f${i}`, { entry: "src/a.ts", handler }]));
    using project = testProject({
      "src/a.ts": `
        import { make, Service, more, wrap } from "./make.ts";
        export const handler = () => 1;
        export const wrapped = wrap(() => 2);
        export const { made } = make();
        export const service = new Service();
        export const table = { get: make().made, put: Reflect.get(make(), "made") };
        export const spread = { ...more };`,
      "src/make.ts": `
        export const make = () => ({ made: () => 3 });
        export const wrap = (fn) => fn;
        export class Service { run() { return 4; } }
        export const more = { list: () => 5 };`,
      "mayfly.config.ts": `export default ${JSON.stringify({ functions })};`,
    });
    const result = await build(project);
    expect(result.functions).toMatchObject([
      { handler: "src/a.made" },
      { handler: "src/a.wrapped" },
      { handler: "src/a.service.run" },
      { handler: "src/a.table.get" },
      { handler: "src/a.table.put" },
      { handler: "src/a.spread.list" },
    ]);
  });

  test("takes another config with --config, and its folder as the project", async () => {
    using project = testProject({
      "stage/prod.config.ts": `export default { functions: { api: { entry: "api.ts" } } };`,
      "stage/api.ts": HANDLER,
    });
    const { functions } = await build(project, "--config", "stage/prod.config.ts");
    expect(functions).toEqual([expect.objectContaining({ name: "api", handler: "api.handle", entry: "api.ts" })]);
  });

  test("is not changed by the user's bunfig.toml, .env and BUN_OPTIONS", async () => {
    using project = testProject({ "src/hello.ts": "export const handle = () => process.env.SECRET;\n" });
    const [plain] = (await build(project, "src/hello.ts")).artifacts;
    project.write({
      "bunfig.toml": `preload = ["./preload.ts"]\n[define]\n"process.env.SECRET" = "'defined'"\n`,
      "preload.ts": `process.exit(9);\n`,
      ".env": "SECRET=leaked\n",
    });
    const { code, stdout } = await project.mayfly(["build", "src/hello.ts", "--json"], {
      environment: { BUN_OPTIONS: "--preload ./preload.ts", HOME: project.folder, XDG_CONFIG_HOME: project.folder },
    });
    expect(code).toBe(0);
    expect(parse(stdout).artifacts[0]?.sha256).toBe(plain?.sha256);
  });

  test("has its own library for import from mayfly, whatever version the project installed", async () => {
    using project = testProject({
      ...PROJECT,
      "node_modules/mayfly/package.json": `{"name":"mayfly","main":"index.js"}`,
      "node_modules/mayfly/index.js": `throw new Error("another version");`,
    });
    using linked = testProject({ ...PROJECT, "node_modules/.keep": "" });
    symlinkSync(resolve("."), join(linked.folder, "node_modules/mayfly"));
    const [link] = (await build(linked, "src/hello.ts")).artifacts;
    const [installed] = (await build(project, "src/hello.ts")).artifacts;
    const [npx] = plain.result.artifacts;
    expect(installed?.sha256).toBe(npx?.sha256);
    expect(link?.sha256).toBe(npx?.sha256);
  });

  test("--typecheck passes code that is sound", async () => {
    using project = testProject({
      "src/hello.ts": "export const handle = (event: { name: string }): string => event.name;\n",
    });
    linkTypeScript(project);
    const { handlers } = await build(project, "src/hello.ts", "--typecheck");
    expect(handlers).toHaveLength(1);
  });
});

interface Result {
  readonly artifacts: readonly { path: string; kind: string; arch: string; bytes: number; sha256: string }[];
  readonly handlers: readonly { handler: string; file: string }[];
  readonly functions: readonly unknown[];
}

interface Built {
  readonly project: TestProject;
  readonly result: Result;
}

async function buildPlain(): Promise<Built> {
  const project = testProject(PROJECT);
  return { project, result: await build(project, "src/hello.ts", "--outdir", "out/deep") };
}

async function build(project: TestProject, ...args: string[]): Promise<Result> {
  const { code, stdout, stderr } = await project.mayfly(["build", ...args, "--json"]);
  expect(stderr).toBe("");
  expect(`${code} ${stdout}`).toMatch(/^0 \{"artifacts"/);
  return parse(stdout);
}

function parse(stdout: string): Result {
  const result: Result = JSON.parse(stdout);
  return result;
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

async function zipEntries(file: string): Promise<{ name: string; mode: number }[]> {
  const archive = await openPromise(file);
  const entries = [];
  for await (const entry of archive.eachEntry()) {
    entries.push({ name: entry.fileName, mode: entry.externalFileAttributes >>> 16 });
  }
  return entries;
}

async function unpacked(project: TestProject, zip: string): Promise<string> {
  const archive = await openPromise(join(project.folder, zip));
  for await (const entry of archive.eachEntry()) {
    writeFileSync(join(project.folder, entry.fileName), await buffer(await archive.openReadStreamPromise(entry)));
  }
  return join(project.folder, "bootstrap");
}

function linkTypeScript(project: TestProject): void {
  project.write({ "node_modules/.keep": "" });
  symlinkSync(resolve("node_modules/typescript"), join(project.folder, "node_modules/typescript"));
}
