import { execFile } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { testProject } from "../build/test-project.ts";

const run = promisify(execFile);

/** A server's script prints what it sees. Without types, so that Node.js can run it as it is. */
const SCRIPT = `
import "./setup.mjs";
import { table } from "./shared.mjs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { once, NotFoundError as First } from "./events.mjs";
import { NotFoundError as Second, place } from "./deeper/place.mjs";
import legacy from "legacy";
import data from "./data.json" with { type: "json" };

const require = createRequire(import.meta.url);
const { later } = await import("./later.mjs");
export default { table };
console.log(JSON.stringify({
  order: globalThis.ran,
  table,
  later,
  names: [First.name, Second.name, new Second().constructor === First],
  once: typeof once,
  places: [import.meta.url, import.meta.dirname, import.meta.filename, process.argv[1], ...place],
  isProgram: process.argv[1] === fileURLToPath(import.meta.url),
  leaf: require("./leaf.cjs"),
  legacy,
  data,
}));
`;

const FILES = {
  "package.json": `{ "type": "module" }`,
  "mayfly.config.ts": `export default {
    functions: {
      a: { web: { command: "node --import ./src/ahead.mjs src/server.mjs" } },
      b: { web: { command: "src/server.cjs" } },
    },
  };`,
  "src/server.mjs": SCRIPT,
  "src/ahead.mjs": `import "./shared.mjs";\n(globalThis.ran ??= []).push("ahead", import.meta.main ?? false);\n`,
  "src/setup.mjs": `(globalThis.ran ??= []).push("setup");\nprocess.env.TABLE = "real";\n`,
  "src/shared.mjs": `(globalThis.ran ??= []).push("shared");\nexport const table = process.env.TABLE;\n`,
  "src/later.mjs": `import { table } from "./shared.mjs";\nexport const later = "later " + table;\n`,
  "src/events.mjs": `export * from "node:events";\nexport class NotFoundError extends Error {}\n`,
  "src/deeper/place.mjs": `
    export class NotFoundError extends Error {}
    export const place = [import.meta.url, import.meta.dirname, new URL("./x", import.meta.url).pathname];\n`,
  "src/leaf.cjs": `module.exports = [__filename, require.main === module];\n`,
  "src/data.json": `{ "some": "data" }`,
  "node_modules/legacy/package.json": `{ "main": "lib/index.js" }`,
  "node_modules/legacy/lib/index.js": `
    exports.tried = [];
    for (const name of ["literal", "computed"]) {
      try {
        if (name === "literal") require("not-installed");
        require("not-" + "installed");
      } catch (error) {
        exports.tried.push([error.code, error.message.split("\\n")[0], error instanceof Error]);
      }
    }
    exports.folder = __dirname;
    if (exports.folder) return;
    exports.folder = "after the end";`,
  "src/server.cjs": `#!/usr/bin/env node
    "use strict";
    const leaf = require("./leaf.cjs");
    console.log(JSON.stringify([require.main === module, module !== require.main, __filename, leaf]));
    if (leaf) return;
    console.log("after the end");`,
};

test("a server's script means what its sources mean in Node.js", async () => {
  using project = testProject(FILES);
  const { code, stderr } = await project.mayfly(["build", "--host", "-o", "package"]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const folder = join(project.folder, "package");
  const environment = { ...process.env, LAMBDA_TASK_ROOT: folder, BUN_BE_BUN: "1" };
  const built = async (...words: readonly string[]): Promise<unknown> => {
    const { stdout } = await run(join(folder, "bootstrap"), ["--no-install", ...words], {
      cwd: folder,
      env: environment,
    });
    return JSON.parse(stdout);
  };
  const plain = async (...words: readonly string[]): Promise<unknown> => {
    const { stdout } = await run(process.execPath, words, { cwd: project.folder });
    return JSON.parse(stdout.replaceAll(project.folder, folder));
  };
  const program = await plain("src/server.mjs");
  expect(program).toMatchObject({ order: ["setup", "shared"], leaf: [expect.anything(), false] });
  expect(await built("src/server.mjs")).toEqual(program);
  // Each script is a bundle of its own.
  expect(await built("--import", "./src/ahead.mjs", "src/server.mjs")).toMatchObject({
    order: ["shared", "ahead", false, "setup", "shared"],
  });
  const legacy = await plain("src/server.cjs");
  expect(legacy).toMatchObject([true, false, expect.anything(), [expect.anything(), false]]);
  expect(await built("src/server.cjs")).toEqual(legacy);
});

test("a server's script tells the places of its sources, takes files along, and may be the program that it asks for", async () => {
  const host = `lightningcss-${process.platform}-${process.arch}${process.platform === "linux" ? "-gnu" : ""}`;
  const file = `lightningcss.${host.slice("lightningcss-".length)}.node`;
  using project = testProject({
    "mayfly.config.ts": `export default { web: { command: "bun src/server.ts" } };`,
    "src/server.ts": `
      import picture from "./picture.png";
      import native from "./add-on.node";
      import { readFileSync } from "node:fs";
      import { fail } from "./fail.ts";
      interface Seen { lines: string }
      try { fail<Seen>({ lines: "no" }); } catch (error) {
        console.log(JSON.stringify({
          stack: (error as Error).stack,
          main: [import.meta.main, require.main === module],
          picture: readFileSync(picture, "utf8"),
          native: typeof native.transform,
        }));
      }
      export default {};`,
    "src/fail.ts": `interface Long {\n  some: string;\n}\nexport const fail = <T>(given: T): never => {\n  throw new Error(import.meta.main ? "main" : "fails");\n};\n`,
    "src/picture.png": "a picture",
  });
  cpSync(resolve("node_modules", host, file), join(project.folder, "src/add-on.node"));
  const { code, stderr } = await project.mayfly(["build", "--host", "-o", "package"]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const folder = join(project.folder, "package");
  const env = { ...process.env, LAMBDA_TASK_ROOT: folder, BUN_BE_BUN: "1" };
  const { stdout } = await run(join(folder, "bootstrap"), ["--no-install", "src/server.ts"], { cwd: folder, env });
  const seen: unknown = JSON.parse(stdout);
  expect(seen).toMatchObject({ main: [true, true], picture: "a picture", native: "function" });
  const { stack } = seen as { stack: string };
  expect(stack).toContain(`Error: fails\n    at fail (${folder}/src/fail.ts:5:`);
  expect(stack).toContain(`${folder}/src/server.ts:7:`);
  expect(readFileSync(join(folder, "src/server.ts"), "utf8")).not.toContain(project.folder);
});

/** What the engine has otherwise than Node.js, before anything else of the script is evaluated too. */
const PLATFORM = `
const type = new Response("text").headers.get("content-type");
const form = new FormData();
form.append("file", new Blob(["a"], { type: "text/plain" }), "a.txt");
const missing = await import(["not", "there"].join("-")).catch((error) => [error.name, error.code, error.constructor.name]);
const aborted = await fetch("http://127.0.0.1:1/", { signal: AbortSignal.abort() }).catch((error) => [error.name, error.message]);
const unknown = (() => { try { structuredClone(() => {}); } catch (error) { return error.name; } })();
console.log(JSON.stringify({
  early: globalThis.early, type, blob: new Blob([], { type: "text/plain" }).type, missing, aborted, unknown,
  file: form.get("file").type, stays: new Response("x") instanceof Response,
}));
export {};
`;

test("a server's script finds the platform as Node.js has it, whatever it is written in", async () => {
  const early = `globalThis.early = new Response("early").headers.get("content-type");\n`;
  using project = testProject({
    "package.json": `{ "type": "module" }`,
    "mayfly.config.ts": `export default { functions: {
      a: { web: { command: "node src/server.mjs" } }, b: { web: { command: "node src/server.cjs" } },
    } };`,
    "src/early.mjs": early,
    "src/early.cjs": early,
    "src/platform.mjs": PLATFORM,
    "src/server.mjs": `import "./early.mjs";\n${PLATFORM}`,
    "src/server.cjs": `#!/usr/bin/env node\n"use strict";\nrequire("./early.cjs");\nimport("./platform.mjs");\n`,
  });
  const { code, stderr } = await project.mayfly(["build", "--host", "-o", "package"]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const folder = join(project.folder, "package");
  const env = { ...process.env, LAMBDA_TASK_ROOT: folder, BUN_BE_BUN: "1" };
  for (const script of ["src/server.mjs", "src/server.cjs"]) {
    const plain = await run(process.execPath, [script], { cwd: project.folder });
    const built = await run(join(folder, "bootstrap"), ["--no-install", script], { cwd: folder, env });
    expect(JSON.parse(built.stdout)).toEqual(JSON.parse(plain.stdout));
  }
});
