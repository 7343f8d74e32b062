import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withoutElixir } from "../elixir/mix-project.ts";

const root = join(import.meta.dirname, "../..");
let folder: string;
let project: string;
let packed: readonly string[];
let installing: string;

/** Runs a program in the user's project and returns what it printed; a failure fails the test with all of it. */
function run(program: string, ...args: readonly string[]): string {
  return runIn(project, program, ...args);
}

function runIn(cwd: string, program: string, ...args: readonly string[]): string {
  const env = { ...process.env, NO_COLOR: "1" };
  const done = spawnSync(program, args, { cwd, env, encoding: "utf8" });
  if (done.error !== undefined) throw done.error;
  if (done.status !== 0) {
    throw new Error(`${program} ${args.join(" ")} ended with ${done.status}:\n${done.stdout}${done.stderr}`);
  }
  return done.stdout;
}

function write(path: string, content: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), content);
}

const HANDLER = `import { err, ok, type Context } from "mayfly";

export function handle(event: { name?: string }, context: Context) {
  if (!event.name) return err("name is required");
  return ok({ message: \`Hello \${event.name}\`, id: context.awsRequestId });
}
`;

const MIX_HANDLER = `defmodule Greetings do
  def handle(event), do: {:ok, %{message: "Hello #{event["name"]}"}}
end
`;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "mayfly-package-")));
  runIn(root, "npm", "run", "dist");
  const report: unknown = JSON.parse(
    runIn(root, "npm", "pack", "--json", "--ignore-scripts", "--pack-destination", folder),
  );
  packed = namesIn(report);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack wrote no tarball");

  project = join(folder, "project");
  write("package.json", JSON.stringify({ name: "user", private: true, type: "module" }));
  write("src/hello.ts", HANDLER);
  const install = ["npm", "install", "--prefer-offline", "--no-audit", "--no-fund", join(folder, tarball)];
  installing = run("sh", "-c", '"$@" 2>&1', "sh", ...install);
}, 300_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The paths in `npm pack --json`: `[{files: [{path}]}]`, or by package name in newer npm. */
function namesIn(report: unknown): readonly string[] {
  const [first]: unknown[] = Array.isArray(report) ? report : Object.values(report ?? {});
  const { files } = first as { files: readonly { path: string }[] };
  return files.map((file) => file.path);
}

describe("the tarball", () => {
  test("is installed without a warning", () => {
    expect(installing).not.toMatch(/warn/i);
  });

  test("has the command, the sources it runs from, both builds of the library, and the papers", () => {
    for (const path of [
      "bin/mayfly.js",
      "src/cli/main.ts",
      "src/runtime/bootstrap.ts",
      "elixir/src/mayfly_agent.erl",
      "elixir/build/build.escript",
      "elixir/container/lambda.Dockerfile",
      "elixir/container/dockerignore",
      "elixir/container/release.sh",
      "dist/esm/public/index.js",
      "dist/esm/public/index.d.ts",
      "dist/cjs/public/index.js",
      "dist/cjs/testing/index.d.ts",
      "README.md",
      "LICENSE",
      "THIRD_PARTY_NOTICES",
      "CHANGELOG.md",
      // The README and some messages send people there.
      "docs/build.md",
      "docs/errors.md",
    ]) {
      expect(packed).toContain(path);
    }
  });

  test("has no tests, examples or leftovers", () => {
    expect(
      packed.filter(
        (path) =>
          !/^(bin|docs|src|elixir\/(src|build|container)|launcher|dist\/(esm|cjs))\/|^[A-Z_]+(\.md)?$|^package\.json$/.test(
            path,
          ),
      ),
    ).toEqual([]);
    expect(packed.filter((path) => path.includes(".test."))).toEqual([]);
  });
});

describe("the command line", () => {
  test("npx mayfly build src/hello.ts --zip writes lambda.zip, and beside it what it contains", () => {
    const flags = ["--zip", "--notices", "--sbom", "--outdir", "out"];
    const printed = run("npx", "--no-install", "mayfly", "build", "src/hello.ts", ...flags);
    expect(readFileSync(join(project, "out/lambda.notices.txt"), "utf8")).toContain("\nName: BoringSSL\n");
    expect(readFileSync(join(project, "out/lambda.cdx.json"), "utf8")).toContain('"specVersion": "1.6"');
    expect(printed).toContain("hello.handle");
    expect(statSync(join(project, "out/lambda.zip")).size).toBeGreaterThan(1_000_000);
  });

  test("npx mayfly invoke answers", () => {
    const flags = ["--entry", "src/hello.ts", "--data", `{"name":"Ada"}`];
    const printed = run("npx", "--no-install", "mayfly", "invoke", ...flags);
    expect(JSON.parse(printed)).toMatchObject({ message: "Hello Ada" });
  });

  test.skipIf(withoutElixir)("builds and invokes what mix new made, in a folder of its own", () => {
    run("mix", "new", "greetings");
    write("greetings/lib/greetings.ex", MIX_HANDLER);
    const mix = join(project, "greetings");
    const built = runIn(mix, "npx", "--no-install", "mayfly", "build", "--zip", "--host");
    expect(built).toContain("Handler: Elixir.Greetings.handle");
    const printed = runIn(mix, "npx", "--no-install", "mayfly", "invoke", "--data", `{"name":"Ada"}`);
    expect(JSON.parse(printed)).toEqual({ message: "Hello Ada" });
  });

  test("is the installed copy's: nothing in the checkout is needed", () => {
    const version = run("npx", "--no-install", "mayfly", "--version").trim();
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(realpathSync(join(project, "node_modules/mayfly"))).toBe(join(project, "node_modules/mayfly"));
  });
});

describe("types", () => {
  const USES = `import { currentContext, err, handler, log, ok, onShutdown, type Context, type Result } from "mayfly";
export function handle(event: { name?: string }, context: Context): Result<{ id: string }> {
  log.info("called", { left: context.remainingTime() });
  return event.name ? ok({ id: currentContext()?.awsRequestId ?? context.awsRequestId }) : err("no name");
}
declare const schema: {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => { readonly value: { readonly n: number } };
    readonly types?: { readonly input: unknown; readonly output: { readonly n: number } };
  };
};
export const counted = handler({ event: schema }, (event) => event.n + 1);
onShutdown(() => {});
// @ts-expect-error -- a context has no such member: the types are there and are not any
export const wrong = (context: Context) => context.nothing;
`;
  const strict = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true, types: [] };

  test.each([
    ["nodenext, an ES module", "uses.mts", { module: "nodenext" }],
    ["nodenext, a CommonJS module", "uses.cts", { module: "nodenext" }],
    ["bundler", "uses.ts", { module: "preserve", moduleResolution: "bundler" }],
  ])("resolve without @types packages under %s", (name, file, options) => {
    const at = `types-${name.split(",")[0]}-${file}`;
    write(`${at}/${file}`, USES);
    const compilerOptions = { ...strict, target: "es2023", lib: ["es2023"], ...options };
    write(`${at}/tsconfig.json`, JSON.stringify({ compilerOptions, files: [file] }));
    expect(run(process.execPath, join(root, "node_modules/typescript/bin/tsc"), "-p", at)).toBe("");
  });

  test("of mayfly/testing resolve with @types/node", () => {
    write(
      "types-testing/uses.mts",
      `import { startLambda, type TestLambda } from "mayfly/testing";
const lambda: TestLambda = await startLambda({ entry: "src/hello.ts" });
export const answer: { message: string } = await lambda.invoke<{ message: string }>({ name: "Ada" });
await lambda.stop();
// @ts-expect-error -- not a member: the types are there and are not any
lambda.nothing();
`,
    );
    const typeRoots = [join(root, "node_modules/@types")];
    const compilerOptions = { ...strict, target: "es2023", module: "nodenext", types: ["node"], typeRoots };
    write("types-testing/tsconfig.json", JSON.stringify({ compilerOptions, files: ["uses.mts"] }));
    expect(run(process.execPath, join(root, "node_modules/typescript/bin/tsc"), "-p", "types-testing")).toBe("");
  });
});

describe("the library", () => {
  const bun = join("node_modules/@oven", `bun-${process.platform}-${engineArch()}`, "bin/bun");
  const print = "console.log([typeof mayfly.ok, typeof http.lambdaEvent, typeof testing.startLambda].join());";
  const esm = `import * as mayfly from "mayfly";\nimport * as http from "mayfly/http";\nimport "mayfly/events";\nimport * as testing from "mayfly/testing";\n${print}\n`;
  const cjs = `const mayfly = require("mayfly");\nconst http = require("mayfly/http");\nrequire("mayfly/events");\nconst testing = require("mayfly/testing");\n${print}\n`;

  test.each([
    ["Node.js as an ES module", process.execPath, "load.mjs", esm],
    ["Node.js as CommonJS", process.execPath, "load.cjs", cjs],
    ["Bun as an ES module", bun, "load.mjs", esm],
    ["Bun as CommonJS", bun, "load.cjs", cjs],
  ])("loads under %s", (_, engine, file, code) => {
    write(file, code);
    expect(run(engine, file).trim()).toBe("function,function,function");
  });

  const TEST = `import assert from "node:assert";
import { test } from "node:test";
import { startLambda } from "mayfly/testing";

test("hello answers", async () => {
  const lambda = await startLambda({ entry: "src/hello.ts" });
  try {
    const { message } = await lambda.invoke({ name: "Ada" });
    assert.equal(message, "Hello Ada");
    await assert.rejects(lambda.invoke({}), { errorMessage: "name is required" });
  } finally {
    await lambda.stop();
  }
});
`;

  test("runs a handler in node --test", () => {
    write("hello.test.mjs", TEST);
    expect(run(process.execPath, "--test", "hello.test.mjs")).toMatch(/pass 1\b/);
  });

  test("runs a handler in bun test", () => {
    write("bun.test.ts", TEST.replace("node:test", "bun:test"));
    expect(() => run(bun, "test", "bun.test.ts")).not.toThrow();
  });

  test("runs a handler from a CommonJS test, as Jest has them", () => {
    const body = TEST.replace(/import (.+) from ("[^"]+");/g, "const $1 = require($2);");
    write("hello.test.cjs", body);
    expect(run(process.execPath, "--test", "hello.test.cjs")).toMatch(/pass 1\b/);
  });
});

// The last, as the engine is another afterwards. docs/licenses.md says that this can be done.
test("an engine that somebody changed takes the place of the installed one", () => {
  const program = join(project, `node_modules/@oven/bun-${process.platform}-${engineArch()}/bin/bun`);
  const changed = readFileSync(program);
  for (let at = changed.indexOf(SAID); at >= 0; at = changed.indexOf(SAID, at + 1)) changed.write(SAID_OTHERWISE, at);
  writeFileSync(`${program}.new`, changed, { mode: 0o755 });
  renameSync(`${program}.new`, program);
  write("src/wrong.ts", "export const handle = (event: { none: () => void }) => event.none();\n");
  const build = ["build", "src/wrong.ts", "--host", "--no-layout", "--zip", "--outdir", "changed"];
  run("npx", "--no-install", "mayfly", ...build);
  expect(() =>
    run(
      "npx",
      "--no-install",
      "mayfly",
      "invoke",
      "--zip",
      "changed/lambda.zip",
      "--handler",
      "wrong.handle",
      "--data",
      "{}",
    ),
  ).toThrow(`event.none ${SAID_OTHERWISE}`);
});

const SAID = "is not a function";
const SAID_OTHERWISE = "is NOT a function";

function engineArch(): string {
  return process.arch === "arm64" ? "aarch64" : process.arch;
}
