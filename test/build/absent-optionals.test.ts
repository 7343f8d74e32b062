import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type TestProject, testProject } from "./test-project.ts";

const HANDLER = `import { tryIt } from "database";\nexport const handle = () => tryIt();\n`;
const DATABASE = `const load = () => require("@native/fast/addon.js");
exports.tryIt = () => { try { return load(); } catch (error) { return error.code; } };
`;

function files(manifest: object, code = DATABASE): Record<string, string> {
  return {
    "src/a.ts": HANDLER,
    "node_modules/database/index.js": code,
    "node_modules/database/package.json": JSON.stringify({ name: "database", version: "1.0.0", ...manifest }),
  };
}

const ARGS = ["invoke", "--entry", "src/a.ts", "--data", "{}"];

async function answer(project: TestProject): Promise<unknown> {
  const { code, stdout, stderr } = await project.mayfly(ARGS);
  expect({ code, stderr: stderr.includes("error") ? stderr : "" }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

const LOADED = `const fast = require("@native/fast/addon.js");\nexports.tryIt = () => fast;\n`;
const LOADED_BY_IMPORT = `import fast from "@native/fast/addon.js";\nexport const tryIt = () => fast;\n`;

describe("a package that isn't installed is missing at run time only", () => {
  test.each([
    { peerDependencies: { "@native/fast": "*" }, peerDependenciesMeta: { "@native/fast": { optional: true } } },
    { optionalDependencies: { "@native/fast": "*" } },
  ])("that its importer declares as optional: %j", async (manifest) => {
    const late = `exports.tryIt = () => { try { return load(); } catch (error) { return error.code; } };`;
    using project = testProject(
      files(manifest, `${late}\nfunction load() { return require("@native/fast/addon.js"); }`),
    );
    expect(await answer(project)).toBe("MODULE_NOT_FOUND");
  });

  test("that is required in a function which isn't called while loading", async () => {
    using project = testProject(files({}));
    expect(await answer(project)).toBe("MODULE_NOT_FOUND");
  });

  test.each(["../nothing.json", "./nothing.css", "./nothing.node"])(
    "or a file, whatever it is called: %s",
    async (name) => {
      using project = testProject(files({}, DATABASE.replace("@native/fast/addon.js", name)));
      expect(await answer(project)).toBe("MODULE_NOT_FOUND");
    },
  );

  test("in a package that is linked, as those of a workspace are", async () => {
    using project = testProject({
      "app/package.json": "{}",
      "app/src/a.ts": HANDLER,
      "database/index.js": DATABASE,
      "database/package.json": JSON.stringify({ name: "database", optionalDependencies: { "@native/fast": "*" } }),
    });
    mkdirSync(join(project.folder, "app/node_modules"));
    symlinkSync("../../database", join(project.folder, "app/node_modules/database"));
    const { code, stdout, stderr } = await project.mayfly(ARGS, { cwd: "app" });
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: '"MODULE_NOT_FOUND"\n' });
  });

  test.each([
    ["CommonJS", "require", { "dialect.js": LOADED }],
    ["an ES module", "require", { "dialect.mjs": LOADED_BY_IMPORT }],
    ["an ES module", "import", { "dialect.mjs": LOADED_BY_IMPORT }],
  ] as const)("that a part needs which isn't loaded at the start: %s, by %s", async (_, how, dialect) => {
    const [name = "", text = ""] = Object.entries(dialect)[0] ?? [];
    const load = how === "require" ? `require("./${name}")` : `await import("./${name}")`;
    const code = `exports.tryIt = async () => { try { return (${load}).tryIt(); } catch (error) { return error.code; } };`;
    using project = testProject({ ...files({}, code), [`node_modules/database/${name}`]: text });
    expect(await answer(project)).toMatch(/^(?:ERR_)?MODULE_NOT_FOUND$/);
  });

  test("and takes nothing from what is looked for at run time", async () => {
    const manifest = { optionalDependencies: { "@native/fast": "*" } };
    using project = testProject({
      ...files(manifest),
      "src/a.ts": `import { createRequire } from "node:module";
import { tryIt } from "database";
const load = createRequire(import.meta.url);
const late = () => { try { return load("nothing"); } catch (error) { return error.code; } };
export const handle = () => [tryIt(), late()];
`,
    });
    expect(await answer(project)).toEqual(["MODULE_NOT_FOUND", "MODULE_NOT_FOUND"]);
  });
});

describe("the build is refused for a package that isn't installed", () => {
  test.each([
    ["while it is loaded", LOADED],
    [
      "in a function that is called then",
      `const load = () => require("@native/fast/addon.js");\nexports.fast = load();\nexports.tryIt = () => 1;\n`,
    ],
    [
      "in one that a called one calls",
      `function a() { return b(); }\nfunction b() { return require("@native/fast/addon.js"); }\nnew (class { static fast = a(); })();\nexports.tryIt = () => 1;\n`,
    ],
    [
      "in a module's wrapper",
      `(function (factory) { factory(exports); })(function (exports) { require("@native/fast/addon.js"); exports.tryIt = () => 1; });\n`,
    ],
  ])("that its importer needs %s", async (_, code) => {
    using project = testProject(files({ peerDependencies: { "@native/fast": "*" } }, code));
    // What a comment says is no import.
    project.write({ "src/a.ts": `${HANDLER}/** Or from "elsewhere". */` });
    const { code: exit, stderr } = await project.mayfly(["build"]);
    expect(stderr).toContain("MAYFLY_UNRESOLVED_IMPORT");
    expect(stderr).toContain('Cannot find the package "@native/fast/addon.js"');
    expect(stderr).not.toContain("elsewhere");
    expect(exit).toBe(1);
  });

  test("once, however many ask for it, and for no other", async () => {
    using project = testProject({
      ...files({}, `require("./other.js");\n${LOADED}exports.more = () => [require("pg"), require("mysql")];\n`),
      "node_modules/database/other.js": LOADED,
    });
    const { stderr } = await project.mayfly(["build"]);
    expect(stderr).toMatch(/^error MAYFLY_UNRESOLVED_IMPORT: An import can't be resolved/);
    expect(stderr).toContain('"@native/fast/addon.js" (and 1 more file asks for it)');
    expect(stderr).not.toMatch(/"pg"|"mysql"/);
  });

  test("that the project's own code imports, wherever it does", async () => {
    using project = testProject({ "src/a.ts": `export const handle = async () => (await import("pg")).default;\n` });
    expect((await project.mayfly(["build"])).stderr).toContain('Cannot find the package "pg"');
  });
});

test("what the project's own function requires is a warning", async () => {
  using project = testProject({ "src/a.ts": `export const handle = () => require("pg");\n` });
  const { code, stdout } = await project.mayfly(["build"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/warning: .*src\/a\.ts:1: Cannot find the package "pg"\. It is left out, .* npm install pg/);
});

test("of what AWS's Node.js runtimes carry the build says so", async () => {
  const code = `import { GetItem } from "@aws-sdk/client-dynamodb";\nexport const tryIt = () => GetItem;\n`;
  using project = testProject(files({}, code));
  const missing = await project.mayfly(["build"]);
  expect(missing.stderr).toContain(
    "npm install @aws-sdk/client-dynamodb: AWS's Node.js runtimes carry it, provided.al2023 doesn't",
  );
  const peerDependenciesMeta = { "@aws-sdk/client-dynamodb": { optional: true } };
  project.write(files({ peerDependenciesMeta }, code));
  const optional = await project.mayfly(["build"]);
  expect(optional).toMatchObject({ code: 0, stderr: "" });
  expect(optional.stdout).toMatch(
    /warning: .*"@aws-sdk\/client-dynamodb" isn't installed\. AWS's Node\.js runtimes carry it/,
  );
});

test("of packages that Yarn keeps in archives the build says how to have them in folders", async () => {
  using project = testProject({ "src/a.ts": HANDLER, ".pnp.cjs": "" });
  const { code, stderr } = await project.mayfly(["build"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("nodeLinker: node-modules") });
  expect(stderr).not.toContain("npm install");
});

test("a package of the workspace that isn't built is told as that, with the file that is missing", async () => {
  using project = testProject({
    "app/package.json": "{}",
    "app/src/a.ts": HANDLER,
    "database/src/index.ts": "export const tryIt = () => 1;\n",
    "database/package.json": JSON.stringify({
      name: "database",
      exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
      scripts: { build: "tsc" },
    }),
  });
  mkdirSync(join(project.folder, "app/node_modules"));
  symlinkSync("../../database", join(project.folder, "app/node_modules/database"));
  const { stderr } = await project.mayfly(["build"], { cwd: "app" });
  expect(stderr).toContain('The package "database" is installed, but its file dist/index.js is missing');
  expect(stderr).toContain("npm run build --workspace database");
  expect(stderr).not.toContain("npm install");
  project.write({ "app/src/a.ts": `export const handle = () => require("database");\n` });
  const later = await project.mayfly(["build"], { cwd: "app" });
  expect(later.stdout).toMatch(/warning: .*its file dist\/index\.js is missing.*npm run build --workspace database/);
  project.write({ "app/src/a.ts": `import "database/more";\n${HANDLER}`, "database/dist/index.js": "" });
  const subpath = await project.mayfly(["build"], { cwd: "app" });
  expect(subpath.stderr).toContain('The package "database" is installed, but has no "database/more"');
});
