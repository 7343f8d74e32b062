import { expect, test } from "vitest";
import { testProject } from "./test-project.ts";

test("a build says where the project's code uses what the engine can't do, and doesn't say it of packages", async () => {
  const hooks = `import { createHook } from "node:async_hooks";\n\nexport const hook = createHook({});\n`;
  using project = testProject({
    "node_modules/tracer/package.json": `{ "name": "tracer", "type": "module", "main": "index.js" }`,
    "node_modules/tracer/index.js": hooks,
    "node_modules/cls-hooked/package.json": `{ "name": "cls-hooked", "main": "index.js" }`,
    "node_modules/cls-hooked/index.js": "exports.createNamespace = () => ({});",
    "src/hooks.mjs": hooks,
    "src/fine.mjs": `import { AsyncLocalStorage } from "node:async_hooks";\nexport const store = new AsyncLocalStorage();\n`,
    "src/seal.cjs": `const { createCipheriv } = require("crypto");\nexports.seal = () => createCipheriv("aes-256-ccm", "", "");\n`,
    "src/a.mjs": `
      import { hook as other } from "tracer";
      import { createNamespace } from "cls-hooked";
      import domain from "node:domain";
      import v8 from "node:v8";
      import { hook } from "./hooks.mjs";
      import { seal } from "./seal.cjs";
      import { store } from "./fine.mjs";
      export const handle = () => [other, createNamespace, domain, hook, seal, store, v8.getHeapStatistics()];
      export const covered = () => v8.takeCoverage();
    `,
  });
  const { stdout } = await project.mayfly(["build", "src/a.mjs", "--zip", "--json"]);
  const { warnings }: { warnings: string[] } = JSON.parse(stdout);
  expect(warnings.toSorted().map((text) => text.slice(0, text.indexOf(" ")))).toEqual([
    "src/a.mjs:10:",
    "src/a.mjs:3:",
    "src/a.mjs:4:",
    "src/hooks.mjs:3:",
    "src/seal.cjs:2:",
  ]);
  expect(warnings.find((text) => text.startsWith("src/hooks"))).toContain("AsyncLocalStorage works");
});

/** By what each warns of: code that the engine fails, and what comes of it. */
const LIMITS = {
  "async_hooks.executionAsyncId": [`import { executionAsyncId } from "node:async_hooks";`, `executionAsyncId()`, 0],
  "The inspector": [
    `import { Session } from "node:inspector/promises";`,
    `(() => { const session = new Session(); session.connect(); return session.post("Runtime.evaluate", { expression: "1" }).catch(() => "fails"); })()`,
    "fails",
  ],
  PerformanceObserver: [
    `import { PerformanceObserver, performance } from "node:perf_hooks"; import v8 from "node:v8";`,
    `new Promise((resolve) => {
      const seen = new Set();
      new PerformanceObserver((list) => list.getEntries().forEach((one) => seen.add(one.entryType))).observe({ entryTypes: ["gc", "mark"] });
      performance.mark("now");
      v8.getHeapSnapshot();
      setTimeout(() => resolve([...seen]), 50);
    })`,
    ["mark"],
  ],
  "The global fetch": [
    `import { subscribe } from "node:diagnostics_channel";`,
    `(async () => { let told = 0; subscribe("undici:request:create", () => told++); await fetch("http://127.0.0.1:1/").catch(() => {}); return told; })()`,
    0,
  ],
  "Workers have": [
    `import { Worker } from "node:worker_threads";`,
    `new Promise((resolve) => { new Worker("require('node:worker_threads').parentPort.postMessage(Object.keys(require('node:worker_threads').resourceLimits))", { eval: true, resourceLimits: { maxOldGenerationSizeMb: 16 } }).on("message", resolve); })`,
    [],
  ],
  "Hooks of module loading": [
    `import module from "node:module";`,
    `(() => { try { return module.registerHooks({}) && "works"; } catch { return "fails"; } })()`,
    "fails",
  ],
} as const;

test("what a build warns of is what the engine does", async () => {
  const files = Object.entries(LIMITS).map(([, [imports, code]], index) => {
    return [`src/limit${index}.mjs`, `${imports}\nexport const ask = async () => ${code};\n`] as const;
  });
  const asked = files.map((_, index) => `import { ask as ask${index} } from "./limit${index}.mjs";\n`).join("");
  const all = files.map((_, index) => `ask${index}()`).join(", ");
  using project = testProject({
    ...Object.fromEntries(files),
    "src/a.mjs": `${asked}export const handle = async () => Promise.all([${all}]);\n`,
  });
  const built = await project.mayfly(["build", "src/a.mjs", "--zip", "--host", "--json"]);
  const { warnings }: { warnings: string[] } = JSON.parse(built.stdout);
  for (const [index, says] of Object.keys(LIMITS).entries())
    expect(warnings).toContainEqual(expect.stringMatching(new RegExp(`^src/limit${index}.mjs:\\d+: ${says}`)));
  const { stdout, stderr } = await project.mayfly([
    "invoke",
    "--zip",
    "lambda.zip",
    "--handler",
    "a.handle",
    "-d",
    "{}",
  ]);
  expect(JSON.parse(stdout || "null"), stderr).toEqual(Object.values(LIMITS).map(([, , result]) => result));
});

test("packages that can't work are told with what does", async () => {
  const installed: Record<string, string> = {};
  for (const name of ["better-sqlite3", "isolated-vm", "jsdom", "@datadog/pprof"]) {
    installed[`node_modules/${name}/package.json`] = JSON.stringify({ name, main: "index.js" });
    installed[`node_modules/${name}/index.js`] = "module.exports = class {};";
  }
  using project = testProject({
    ...installed,
    "src/a.mjs": `
      import Database from "better-sqlite3";
      import ivm from "isolated-vm";
      import JSDOM from "jsdom";
      import pprof from "@datadog/pprof";
      import { page } from "./fine.mjs";
      export const handle = () => [new Database(), ivm, new JSDOM("", { runScripts: "dangerously" }), pprof, page];
    `,
    "src/fine.mjs": `import JSDOM from "jsdom";\nexport const page = new JSDOM("", { runScripts: "outside-only" });\n`,
  });
  const { stdout } = await project.mayfly(["build", "src/a.mjs", "--host", "--json"]);
  const { warnings }: { warnings: string[] } = JSON.parse(stdout);
  expect(warnings.toSorted()).toEqual([
    expect.stringMatching(/^src\/a.mjs:2: .*node:sqlite .* works/),
    expect.stringMatching(/^src\/a.mjs:3: isolated-vm/),
    expect.stringMatching(/^src\/a.mjs:5: @datadog\/pprof/),
    expect.stringMatching(/^src\/a.mjs:7: jsdom .*outside-only/),
  ]);
});
