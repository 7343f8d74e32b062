import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DoctorReport } from "../../src/doctor/report.ts";
import { elfFile } from "../build/elf-file.ts";
import { type TestProject, testProject } from "../build/test-project.ts";

const manifest = (name: string, version: string, more: object = {}): string =>
  JSON.stringify({ name, version, ...more });

const LONG = JSON.stringify("y".repeat(50_000));

let project: TestProject;
let report: DoctorReport;

beforeAll(async () => {
  project = testProject({
    "src/a.ts": `import { readFileSync } from "node:fs";
import { join } from "node:path";
import { wide } from "wide";
import { small } from "small";
import fast from "fast";
export const handle = () => [wide, small, fast, readFileSync(join(import.meta.dirname, "page.html"), "utf8")];
`,
    "src/page.html": "<p>Hello</p>",
    "src/more.txt": "more",
    "mayfly.config.ts": `export default { functions: { a: { entry: "src/a.ts" } }, include: ["src/more.txt"] };`,
    "node_modules/wide/package.json": manifest("wide", "2.0.0", { optionalDependencies: { native: "1" } }),
    "node_modules/wide/index.js": `const { small } = require("small");
let native; try { native = require("native"); } catch {}
exports.later = () => require("driver");
exports.wide = [small, native, ${JSON.stringify("x".repeat(400_000))}];
`,
    "node_modules/wide/node_modules/small/package.json": manifest("small", "1.0.0"),
    "node_modules/wide/node_modules/small/index.js": `exports.small = ${LONG};\n`,
    // An ES module with native code: it stays outside, and is no import that leads nowhere.
    "node_modules/fast/package.json": manifest("fast", "1.0.0", { type: "module", exports: "./fast.js" }),
    "node_modules/fast/fast.js": "export default import.meta.url;\n",
    "node_modules/small/package.json": manifest("small", "3.1.0"),
    "node_modules/small/index.js": `exports.small = ${LONG};\n`,
  });
  const addon = join(project.folder, "node_modules/fast/prebuilds/linux-x64");
  mkdirSync(addon, { recursive: true });
  writeFileSync(join(addon, "fast.node"), elfFile({ machine: "x86_64" }));
  const run = await project.mayfly(["doctor", "--json", "--html", "bundle.html"]);
  if (run.code !== 0) throw new Error(run.stdout + run.stderr);
  report = JSON.parse(run.stdout);
});

afterAll(() => project[Symbol.dispose]());

describe("mayfly doctor", () => {
  test("tells each package in the program with its versions, its size and the way to it", () => {
    const [wide, small] = report.bundle.packages;
    expect(wide).toMatchObject({ name: "wide", versions: ["2.0.0"], modules: 1, why: ["src/a.ts", "wide"] });
    expect(wide?.bytes).toBeGreaterThan(400_000);
    expect(small).toMatchObject({
      name: "small",
      versions: ["1.0.0", "3.1.0"],
      modules: 2,
      why: ["src/a.ts", "small"],
    });
    const { bytes, own, runtime, packages } = report.bundle;
    expect(packages.reduce((sum, one) => sum + one.bytes, own + runtime)).toBe(bytes);
  });

  test("tells each file in the zip with the rule that put it there", () => {
    const [artifact] = report.artifacts;
    const rules = Object.fromEntries(artifact?.files.map(({ name, rule }) => [name, rule]) ?? []);
    expect(rules).toEqual({
      bootstrap: "the program: engine, runtime and code",
      "node_modules/fast/fast.js": "a package with native code stays outside of the program",
      "node_modules/fast/package.json": "a package with native code stays outside of the program",
      "node_modules/fast/prebuilds/linux-x64/fast.node": "a package with native code stays outside of the program",
      "src/page.html": "src/a.ts reads it",
      "src/more.txt": "include in the config",
    });
    expect(artifact?.path).toBe("lambda.zip");
    const bytes = artifact?.files.reduce((sum, one) => sum + one.bytes, 0);
    expect(bytes).toBe(artifact?.unzippedBytes);
  });

  test("tells what is left out and who asks for it", () => {
    expect(report.leftOut).toEqual([
      { specifier: "driver", importers: ["node_modules/wide/index.js"], why: "not found, and no start needs it" },
      {
        specifier: "native",
        importers: ["node_modules/wide/index.js"],
        why: "not installed, and optional to its importer",
      },
    ]);
  });

  test("tells what would make the package smaller", () => {
    expect(report.advice).toContainEqual(
      expect.stringMatching(/^wide is 0\.4 MB of .* of code, brought in by src\/a\.ts\.$/),
    );
    expect(report.advice).toContainEqual(
      expect.stringContaining("small is there in versions 1.0.0 and 3.1.0, 0.1 MB of code: npm dedupe"),
    );
  });

  test("draws all of it in a page that needs nothing else, and leaves nothing else in the project", () => {
    const page = readFileSync(join(project.folder, "bundle.html"), "utf8");
    for (const name of ["wide", "node_modules/wide/node_modules/small/index.js", "your code"])
      expect(page).toContain(`<title>${name}\n`);
    expect(page).not.toMatch(/<script|https?:|url\(|@import/);
    expect(existsSync(join(project.folder, "lambda.zip"))).toBe(false);
    expect(readdirSync(project.folder).toSorted()).toEqual([
      "bundle.html",
      "mayfly.config.ts",
      "node_modules",
      "package.json",
      "src",
    ]);
  });

  test("prints the same for people, and says where it can't draw", async () => {
    const { code, stdout } = await project.mayfly(["doctor", "--external", "small", "--no-sourcemap"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^lambda\.zip {2}\d+\.\d MB, \d+\.\d MB unzipped, x86_64$/m);
    expect(stdout).toMatch(/^ {2}src\/page\.html +0\.0 KB {2}src\/a\.ts reads it$/m);
    expect(stdout).toMatch(/^ {2}wide 2\.0\.0 +\d+\.\d KB {2}by src\/a\.ts$/m);
    expect(stdout).toMatch(/^ {2}small +--external$/m);
    const failed = await project.mayfly(["doctor", "--html", "src"]);
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining("error MAYFLY_DOCTOR_HTML") });
  });
});
