import { join } from "node:path";
import { expect, test } from "vitest";
import { invokePackage } from "../support/invoke-package.ts";
import { testProject } from "./test-project.ts";

const HANDLER = `import { x, y, cpus, self } from "early";
import { folder, local } from "./local.cjs";
export const handle = () => [x, y ?? null, typeof cpus, self, local, folder === process.env.LAMBDA_TASK_ROOT + "/src"];
`;
const EARLY = `"use strict";
const os = require("node:os");
exports.x = 1;
exports.cpus = () => os.cpus();
exports.self = this === module.exports;
if (process.env.PATH !== "") return; // nothing more
exports.y = 2;`;
const LOCAL = `exports.local = 3;
exports.folder = __dirname;
if (process.env.PATH !== "") return;
exports.local = 4;`;

test.each([[[]], [["--no-defer"]]])("a CommonJS module that returns early does so: %j", async (flags) => {
  using project = testProject({
    "src/index.ts": HANDLER,
    "src/local.cjs": LOCAL,
    "node_modules/early/index.js": EARLY,
  });
  const built = await project.mayfly(["build", "--host", "--outdir", "package", ...flags]);
  expect(built.stderr).not.toContain("error");
  const answer = await invokePackage(join(project.folder, "package"), "index.handle", {});
  expect(answer).toEqual([1, null, "function", true, 3, true]);
});

test("a return at the top of an ES module is a mistake", async () => {
  using project = testProject({ "src/index.js": `export const handle = () => 1;\nreturn;\n` });
  const { code, stderr } = await project.mayfly(["build"]);
  expect(stderr).toContain("MAYFLY_SYNTAX");
  expect(stderr).toContain("Top-level return");
  expect(code).toBe(1);
});
