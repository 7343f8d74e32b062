import { expect, test } from "vitest";
import { testProject } from "./test-project.ts";

const HANDLER = `import { tryIt } from "database";\nexport const handle = () => tryIt();\n`;
const DATABASE = `const load = () => require("@native/fast/addon.js");
exports.tryIt = () => { try { return load(); } catch (error) { return error.code; } };
`;

function files(manifest: object): Record<string, string> {
  return {
    "src/a.ts": HANDLER,
    "node_modules/database/index.js": DATABASE,
    "node_modules/database/package.json": JSON.stringify({ name: "database", version: "1.0.0", ...manifest }),
  };
}

test.each([
  { peerDependencies: { "@native/fast": "*" }, peerDependenciesMeta: { "@native/fast": { optional: true } } },
  { optionalDependencies: { "@native/fast": "*" } },
])("an optional package that isn't installed is missing at run time only: %j", async (manifest) => {
  using project = testProject(files(manifest));
  const { code, stdout, stderr } = await project.mayfly(["invoke", "--entry", "src/a.ts", "--data", "{}"]);
  expect(stderr).not.toContain("error");
  expect(stdout).toContain("MODULE_NOT_FOUND");
  expect(code).toBe(0);
});

test("a package that isn't declared as optional is told by the build", async () => {
  using project = testProject(files({ peerDependencies: { "@native/fast": "*" } }));
  // What a comment says is no import.
  project.write({ "src/a.ts": `${HANDLER}/** Or from "elsewhere". */` });
  const { code, stderr } = await project.mayfly(["build"]);
  expect(stderr).toContain("MAYFLY_UNRESOLVED_IMPORT");
  expect(stderr).toContain('Cannot find the package "@native/fast/addon.js"');
  expect(stderr).not.toContain("elsewhere");
  expect(code).toBe(1);
});

test("what a package can do without takes nothing from what is looked for at run time", async () => {
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
  const { code, stdout } = await project.mayfly(["invoke", "--entry", "src/a.ts", "--data", "{}"]);
  expect(JSON.parse(stdout)).toEqual(["MODULE_NOT_FOUND", "MODULE_NOT_FOUND"]);
  expect(code).toBe(0);
});
