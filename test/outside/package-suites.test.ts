import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ScriptedRuntimeApi } from "../contract/runtime-api.ts";
import { startProcess } from "../contract/runtime-process.ts";
import { sharedBuild } from "../support/shared.ts";
import { describeWith, lambdaNode, type Part } from "./parts.ts";

const here = join(import.meta.dirname, "packages");
const entries = join(here, ".sources/entries");
const packages: Part = existsSync(entries)
  ? { kind: "present", path: here }
  : { kind: "missing", reason: `${entries} is not there: run test/outside/install.sh on Debian` };

/** What a test is called, and what it failed with. */
type Outcome = readonly [name: string, failure: string | null];

/** By package and reason, the tests that pass under Node.js and fail here; the end of a name may be a `*`. */
const accepted: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = JSON.parse(
  readFileSync(join(here, "accepted.json"), "utf8"),
);

/** Tests of some are about dates. */
const environment = { TZ: "America/New_York", NODE_ENV: "test", LAMBDA_TASK_ROOT: here };

describeWith({ packages, lambdaNode }, "packages' own tests, bundled and run in a handler", (paths) => {
  test.each(["ajv", "cheerio", "graphql", "iconv-lite", "luxon", "protobufjs", "ramda", "zod"])(
    "pass as in Node.js: %s",
    async (name) => {
      const [inNode, inBootstrap] = [await runInNode(paths.lambdaNode, name), await runInBootstrap(name)];
      const [there, passing] = [passed(inNode), passed(inBootstrap)];
      console.log(name, { tests: inNode.length, passInNode: there.length, passHere: passing.length });
      const known = Object.values(accepted[name] ?? {}).flat();
      const differing = without(there, passing).filter(
        (one) => !known.some((text) => (text.endsWith("*") ? one.startsWith(text.slice(0, -1)) : one === text)),
      );
      const why = new Map(inBootstrap);
      expect(there.length).toBeGreaterThan(50);
      expect(differing.map((one) => `${one}: ${why.get(one) ?? "not run"}`)).toEqual([]);
    },
  );
});

/** Each test by itself, as TypeScript's own compiler has its sources. */
async function runInNode(node: string, name: string): Promise<readonly Outcome[]> {
  // Without tsx where CommonJS requires ES modules, which it would make CommonJS of.
  const loader = name === "ramda" ? [] : ["--import", "tsx"];
  const given = ["--no-warnings", ...loader, "src/in-node.mts", join(entries, `${name}.mts`)];
  const env = { ...process.env, ...environment };
  const { stdout } = await promisify(execFile)(node, given, { cwd: here, env, maxBuffer: 2 ** 28 });
  // Before it, tests may have printed.
  return outcomes(JSON.parse(stdout.slice(stdout.lastIndexOf("\n") + 1)));
}

async function runInBootstrap(name: string): Promise<readonly Outcome[]> {
  const flags = ["--no-jit-delay"];
  const built = await sharedBuild({ cwd: here, entries: [`.sources/entries/${name}.mts`], flags });
  const api = await ScriptedRuntimeApi.start();
  const bootstrap = join(built, "bootstrap");
  const runtime = startProcess(api.address, { bootstrap, handler: `${name}.run`, environment });
  try {
    const { body } = await api.invoke({}, { deadlineMs: Date.now() + 300_000 });
    return outcomes(JSON.parse(body.toString()));
  } finally {
    runtime.kill();
    await runtime.exited;
    await api.stop();
  }
}

function outcomes(value: unknown): readonly Outcome[] {
  if (!Array.isArray(value)) throw new Error(`no outcomes: ${JSON.stringify(value)}`);
  return value.map((one: unknown): Outcome => {
    const [name, failure]: readonly unknown[] = Array.isArray(one) ? one : [];
    return [String(name), typeof failure === "string" ? failure : null];
  });
}

function passed(all: readonly Outcome[]): string[] {
  return all.filter(([, failure]) => failure === null).map(([name]) => name);
}

/** Names may be there several times. */
function without(all: readonly string[], some: readonly string[]): string[] {
  const left = [...some];
  return all.filter((one) => {
    const index = left.indexOf(one);
    if (index !== -1) left.splice(index, 1);
    return index === -1;
  });
}
