import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BenchReport } from "../../src/bench/report.ts";
import { type CommandResult, testProject, type TestProject } from "../build/test-project.ts";

/** Each burns enough of the CPU to stand out from those that don't. */
const burn = (ms: number): string => `{ const end = performance.now() + ${ms}; while (performance.now() < end); }\n`;

const PROJECT = {
  "src/handler.ts": `
import { slow } from "./slow.ts";
import { quick } from "./folder/quick.ts";
import heavy from "heavy";
export async function handle(event: { name: string }) {
  const { later } = await import("./later.ts");
  return { slow, quick, later, heavy: heavy.name, name: event.name.toUpperCase() };
}
`,
  // A comment first, and a name that marks must not trip over before it is there.
  "src/slow.ts": `// "use strict" is only a comment here
const { performance } = globalThis;
${burn(60)}export const slow = 1;\n`,
  "src/folder/quick.ts": `import { nested } from "./nested.ts";\nexport const quick = nested;\n`,
  "src/folder/nested.ts": `${burn(20)}export const nested = 2;\n`,
  "src/later.ts": `${burn(15)}export const later = 3;\n`,
  "node_modules/heavy/package.json": `{ "name": "heavy", "main": "main.js" }`,
  "node_modules/heavy/main.js": `"use strict";
const inner = require("./inner.js");
const zlib = require("node:zlib");
${burn(30)}if (zlib.gzipSync("x").length === 0 || this === undefined) throw new Error("not as it should be");
module.exports = { name: inner };
`,
  "node_modules/heavy/inner.js": `${burn(10)}module.exports = "heavy <&> \\"inner\\"";\nreturn;\n`,
};

const BURNING = [
  "src/slow.ts",
  "src/folder/nested.ts",
  "src/later.ts",
  "node_modules/heavy/main.js",
  "node_modules/heavy/inner.js",
];

let project: TestProject;
let run: CommandResult;
let report: BenchReport;

beforeAll(async () => {
  project = testProject(PROJECT);
  run = await project.mayfly(["bench", "--json", "--rounds", "5", "--data", `{"name":"Ada"}`, "--svg", "start.svg"]);
  if (run.code !== 0) throw new Error(run.stdout + run.stderr);
  report = JSON.parse(run.stdout);
});

afterAll(() => project[Symbol.dispose]());

describe("mayfly bench --json", () => {
  test("says nothing on stderr", () => {
    expect(run.stderr).toBe("");
  });

  test("names the slowest modules in the order of their own cost", () => {
    const costs = report.modules.map(({ self }) => self);
    expect(costs).toEqual(costs.toSorted((a, b) => b - a));
    // Which of them took longest is up to the machine.
    expect(report.modules.slice(0, BURNING.length).map(({ module }) => module)).toEqual(
      expect.arrayContaining(BURNING),
    );
  });

  test("keeps what a module requires in the middle of its code apart from it", () => {
    const cost = (name: string) => report.modules.find(({ module }) => module === name);
    const main = cost("node_modules/heavy/main.js");
    const inner = cost("node_modules/heavy/inner.js");
    expect(inner?.self).toBeGreaterThan(0);
    expect(main?.total).toBeGreaterThanOrEqual((main?.self ?? 0) + (inner?.self ?? 0));
  });

  test("tells the way from the handler's file", () => {
    const chains = new Map(report.modules.map(({ module, chain }) => [module, chain]));
    expect(chains.get("src/folder/nested.ts")).toEqual([
      "src/handler.ts",
      "src/folder/quick.ts",
      "src/folder/nested.ts",
    ]);
  });

  test("what is loaded on demand counts to the first invocation", () => {
    const phases = new Map(report.modules.map(({ module, phase }) => [module, phase]));
    expect(phases.get("src/later.ts")).toBe("invocation");
    expect(phases.get("src/slow.ts")).toBe("init");
  });

  test("names the built-ins that were loaded and who asked for them", () => {
    expect(report.builtIns.find(({ name }) => name === "node:zlib")).toMatchObject({
      phase: "init",
      importedBy: ["node_modules/heavy/main.js"],
    });
  });

  test("sums packages up", () => {
    expect(report.packages).toMatchObject([{ package: "heavy", modules: 2 }]);
  });

  test("divides the start without a rest", () => {
    const { parts, total, emptyProgram } = report.init;
    const sum = Object.values(parts ?? {}).reduce((all, value) => all + value, 0);
    expect(sum).toBeCloseTo(total.median, 6);
    expect(parts?.own).toBeGreaterThan(parts?.packages ?? Number.NaN);
    expect(emptyProgram.median).toBeLessThan(total.median);
  });

  test("measures invocations, memory and size", () => {
    expect(report.invocation.first.count).toBe(5);
    // It loads a module that takes longer than all the later ones.
    expect(report.invocation.first.median).toBeGreaterThan(report.invocation.steady.median);
    expect(report.memory.limitBytes).toBe(128 * 1_048_576);
    expect(report.package.zipBytes).toBeLessThan(report.package.unzippedBytes);
  });

  test.runIf(process.platform === "linux")("measures CPU and the peak of memory", () => {
    expect(report.init.cpu?.median).toBeGreaterThan(0);
    expect(report.invocation.cpu?.median).toBeGreaterThan(0);
    expect(report.memory.peakBytes).toBeGreaterThan(1_000_000);
  });

  test("advises what stands out, and no more", () => {
    expect(report.advice.map(({ kind, text }) => `${kind}: ${text}`)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^work-at-module-level: src\/slow\.ts works for /),
        expect.stringMatching(/^load-it-when-it-is-needed: heavy is /),
      ]),
    );
    expect(report.advice.map(({ text }) => text).join("\n")).not.toContain("src/handler.ts works");
  });
});

describe("mayfly bench --svg", () => {
  test("draws well-formed XML that names the modules", () => {
    const svg = readFileSync(join(project.folder, "start.svg"), "utf8");
    expect(openElements(svg)).toEqual([]);
    for (const name of ["src/handler.ts", "src/slow.ts", "src/folder/nested.ts", "node_modules/heavy/main.js"]) {
      expect(svg).toContain(`<title>${name}\n`);
    }
    expect(svg).toContain("prefers-color-scheme: dark");
    expect(svg).not.toMatch(/href|url\(|<script/);
  });

  test.each(["nowhere/start.svg", "src"])(
    "says that it can't be written to %s before anything is measured",
    async (path) => {
      const failed = await project.mayfly(["bench", "--rounds", "5", "--svg", path]);
      expect(failed.stderr).toContain(`error MAYFLY_BENCH_SVG: The picture can't be written to ${path}`);
      expect(failed.code).toBe(1);
    },
  );
});

describe("mayfly bench for a person", () => {
  test("fits into 80 columns and has no colours where there is no terminal", async () => {
    const { code, stdout } = await project.mayfly(["bench", "--rounds", "5", "--data", `{"name":"Ada"}`]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^handler {2}handler\.handle {2}128 MB\n5 starts on /);
    expect(stdout).toMatch(/^Start +\d+(\.\d+)? ms {2}\(/m);
    expect(stdout).toContain("    by src/handler.ts > src/folder/quick.ts");
    expect(stdout).toContain("    docs/bench.md#work-at-module-level");
    // The second line is as long as the processor's name.
    const lines = stdout.split("\n").toSpliced(1, 1);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).not.toContain("\u001b");
  });

  test("a package that is built already is measured, and it says that it can't be divided", async () => {
    expect((await project.mayfly(["build", "--zip", "--host"])).code).toBe(0);
    const flags = ["--zip", "lambda.zip", "--handler", "handler.handle", "--data", `{"name":"Ada"}`];
    const { code, stdout } = await project.mayfly(["bench", "--rounds", "5", "--json", ...flags]);
    expect(code).toBe(0);
    const whole: BenchReport = JSON.parse(stdout);
    expect(whole).toMatchObject({ modules: [], packages: [], builtIns: [], init: { parts: null, marked: null } });
    expect(whole.caveats.join("\n")).toContain("can't be marked");
    expect(whole.caveats.join("\n")).not.toContain("No handler is set");

    const unnamed = await project.mayfly(["bench", "--rounds", "5", "--json", "--zip", "lambda.zip"]);
    const greeting: BenchReport = JSON.parse(unnamed.stdout);
    expect(greeting.caveats.join("\n")).toContain("No handler is set");
  });
});

test("without a handler that can be seen, nothing is measured", async () => {
  using hidden = testProject({
    "src/handler.ts": 'export * from "handlers";\n',
    "node_modules/handlers/package.json": '{ "name": "handlers", "main": "main.js" }',
    "node_modules/handlers/main.js": "exports.handle = () => 1;\n",
  });
  const failed = await hidden.mayfly(["bench", "--rounds", "5"]);
  expect(failed.stderr).toContain("error MAYFLY_WHICH_HANDLER: No handler could be seen");
  const named = await hidden.mayfly(["bench", "--rounds", "5", "--json", "--handler", "handler.handle"]);
  expect(named.code, named.stdout).toBe(0);
});

describe("a function that fails", () => {
  test("in its init is told instead of figures", async () => {
    using broken = testProject({
      "src/handler.ts": `throw new Error("no database");\nexport const handle = () => 1;\n`,
    });
    const failed = await broken.mayfly(["bench", "--rounds", "5", "--svg", "start.svg"]);
    expect(failed.stdout).toBe("");
    expect(failed.stderr).toContain(
      "error MAYFLY_BENCH_FUNCTION: handler did not start, so there is nothing to measure",
    );
    expect(failed.stderr).toContain("no database");
    expect(failed.code).toBe(1);
    expect(existsSync(join(broken.folder, "start.svg"))).toBe(false);
  });

  test("in an invocation is told instead of figures", async () => {
    const failed = await project.mayfly(["bench", "--json", "--rounds", "5"]);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      error: { code: "MAYFLY_BENCH_FUNCTION", message: expect.stringContaining("failed in an invocation") },
    });
    expect(failed.code).toBe(1);
  });

  test("by not returning in time is told instead of figures", async () => {
    using slow = testProject({
      "src/handler.ts": "export const handle = () => new Promise((done) => setTimeout(done, 60_000));\n",
    });
    const failed = await slow.mayfly(["bench", "--rounds", "5", "--timeout", "0.2"]);
    expect(failed.stderr).toContain("Task timed out after 0.20 seconds");
    expect(failed.code).toBe(1);
  });
});

describe("a command line that is not understood", () => {
  test.each([
    [["--rounds", "4"], "A whole number from 5 to 1000"],
    [["--rounds", "many"], "Not a number"],
    [["--data", "{"], "is not JSON"],
    [["--data", "{}", "--event", "event.json"], "cannot be used with option"],
    [["--event", "missing.json"], "The event can't be read"],
    [["src/handler.ts"], "mayfly bench --entry src/handler.ts"],
    [["api", "--zip", "lambda.zip"], "give --handler instead of 'api'"],
  ])("%j ends with 2", async (args, message) => {
    const failed = await project.mayfly(["bench", ...args]);
    expect(failed.stderr).toContain("error MAYFLY_USAGE");
    expect(failed.stderr).toContain(message);
    expect(failed.code).toBe(2);
  });
});

/** What is still open in the end. Throws for what is closed but not open, and for what is no XML at all. */
function openElements(xml: string): string[] {
  const open: string[] = [];
  let rest = xml.replace(/^<\?xml [^<>]*\?>/, "");
  const tag = /^<(\/?)([a-z]+)((?:\s+[a-zA-Z:-]+="[^"<]*")*)\s*(\/?)>/;
  while (rest !== "") {
    const text = /^[^<]*/.exec(rest)?.[0] ?? "";
    if (/&(?!(?:amp|lt|gt|quot);)/.test(text)) throw new Error(`not escaped: ${text}`);
    rest = rest.slice(text.length);
    if (rest === "") break;
    const match = tag.exec(rest);
    if (match === null) throw new Error(`no tag: ${rest.slice(0, 100)}`);
    const [all, closing, name = "", , empty] = match;
    if (closing === "/" && open.pop() !== name) throw new Error(`</${name}> closes nothing`);
    if (closing === "" && empty === "") open.push(name);
    rest = rest.slice(all.length);
  }
  return open;
}
