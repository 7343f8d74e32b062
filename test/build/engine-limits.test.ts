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
