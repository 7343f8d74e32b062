import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { invokePackage } from "../support/invoke-package.ts";
import { type TestProject, testProject } from "./test-project.ts";

/** Handlers can ask what has been loaded: the module that the written calls go to is there in each such build. */
const LOADED = `import { loadedBuiltins } from "mayfly:deferred";\n`;

const LEFT_ALONE = `const fs = require("fs");\nexports.read = () => fs;\n`;

describe("modules of the engine that a handler imports", () => {
  let project: TestProject;
  let folder = "";
  beforeAll(async () => {
    project = testProject({
      "src/late.ts": `${LOADED}
        import https, { Agent } from "node:https";
        import { gzipSync } from "node:zlib";
        import * as crypto from "crypto";
        import { digest, Lines } from "legacy";
        const atInit = [...loadedBuiltins()];
        export const handle = (event: { use: boolean }) => {
          const before = [...loadedBuiltins()];
          const used = !event.use ? [] : [https.Agent === Agent, gzipSync("x").length > 0, crypto.createHash("md5").update("a").digest("hex") === digest("a"), new Lines().lines];
          return { atInit, before, used, after: loadedBuiltins() };
        };`,
      "node_modules/legacy/package.json": `{ "name": "legacy", "main": "index.js" }`,
      "node_modules/legacy/index.js": `"use strict";
        const { createHash } = require("crypto");
        const { Writable } = require("node:stream");
        class Lines extends Writable { lines = Lines.name; }
        exports.Lines = Lines;
        exports.digest = (text) => createHash("md5").update(text).digest("hex");`,
      "src/texts.ts": `
        import { readFileSync } from "node:fs";
        import text from "./text.js" with { type: "text" };
        import file from "./file.js" with { type: "file" };
        export const handle = async () => {
          const later = await import("./later.js", { with: { type: "text" } });
          return [text, readFileSync(file, "utf8"), later.default];
        };`,
      "src/later.js": LEFT_ALONE,
      "src/text.js": LEFT_ALONE,
      "src/file.js": LEFT_ALONE,
      "src/config.ts": `${LOADED}
        import { read } from "reading";
        import { readFile } from "node:fs/promises";
        export const handle = async (event: { paths: string[] }) => {
          const outcome = async (reading: Promise<unknown>) => {
            try {
              return await reading;
            } catch (error) {
              if (!(error instanceof Error)) return "no error";
              const { stack: _, ...described } = Object.getOwnPropertyDescriptors(error);
              return ["message", "code", "errno", "path", "syscall"].map((key) => [key, Reflect.get(described, key)]);
            }
          };
          const all = (reads: (path: string) => Promise<unknown>) => Promise.all(event.paths.map((path) => outcome(reads(path))));
          const deferred = await all(read);
          const loaded = [...loadedBuiltins()];
          return { same: JSON.stringify(deferred) === JSON.stringify(await all((path) => readFile(path, "utf8"))), loaded, deferred };
        };`,
      "node_modules/reading/package.json": `{ "name": "reading", "main": "index.js" }`,
      "node_modules/reading/index.js": `const { readFile } = require("node:fs/promises");\nexports.read = (path) => readFile(path, "utf8");\n`,
      "text.txt": "text",
      "empty.txt": "",
      "src/fails.ts": `import { createHash } from "node:crypto";\nimport { legacy } from "failing";\n\nexport const handle = (event: { in: string }): unknown =>\n  event.in === "legacy"\n    ? legacy()\n    : [createHash("no such hash")];\n`,
      "node_modules/failing/index.js": `const {\n  createHash,\n} = require("crypto");\n\nexports.legacy = () =>\n  [createHash("no such hash")];\n`,
      "src/wrong.ts": `import { noSuchName } from "node:fs";\nexport const handle = () => noSuchName;\n`,
    });
    folder = join(project.folder, "package");
    const entries = ["late", "texts", "config", "fails", "wrong"].map((name) => `src/${name}.ts`);
    const { code, stderr } = await project.mayfly(["build", ...entries, "-o", "package", "--host"]);
    if (code !== 0) throw new Error(stderr);
  });
  afterAll(() => project[Symbol.dispose]());

  test("are loaded by the invocation that uses them, from an ES module and from CommonJS alike", async () => {
    expect(await invokePackage(folder, "late.handle", { use: false })).toEqual({
      atInit: [],
      before: [],
      used: [],
      after: [],
    });
    expect(await invokePackage(folder, "late.handle", { use: true })).toEqual({
      atInit: [],
      before: [],
      used: [true, true, true, "Lines"],
      after: ["https", "zlib", "crypto", "stream"],
    });
  });

  test("are left alone in code that is imported as text, or as a file", async () => {
    expect(await invokePackage(folder, "texts.handle", null)).toEqual([LEFT_ALONE, LEFT_ALONE, LEFT_ALONE]);
  });

  test("aren't loaded to find that a file isn't there, which is the error that it would be", async () => {
    const at = (name: string): string => join(project.folder, name);
    const missing = [at("nothing/config"), at("nothing.txt")];
    expect(await invokePackage(folder, "config.handle", { paths: missing })).toEqual({
      same: true,
      loaded: [],
      deferred: missing.map((path) => expect.arrayContaining([["path", expect.objectContaining({ value: path })]])),
    });
    const others = [at("text.txt"), at("empty.txt"), project.folder, at("text.txt/below")];
    expect(await invokePackage(folder, "config.handle", { paths: others })).toMatchObject({
      same: true,
      loaded: ["fs/promises"],
      deferred: ["text", "", expect.anything(), expect.anything()],
    });
  });

  test("leave the lines of a stack trace as they are", async () => {
    expect(await invokePackage(folder, "fails.handle", { in: "own" })).toHaveProperty(
      "stackTrace",
      expect.arrayContaining([expect.stringContaining("src/fails.ts:7:")]),
    );
    expect(await invokePackage(folder, "fails.handle", { in: "legacy" })).toHaveProperty(
      "stackTrace",
      expect.arrayContaining([expect.stringContaining("node_modules/failing/index.js:6:")]),
    );
  });

  test("still fail the init when a name isn't there", async () => {
    expect(await invokePackage(folder, "wrong.handle", null)).toMatchObject({
      errorMessage: expect.stringContaining("noSuchName"),
    });
  });

  test("are loaded where they are imported with --no-defer", async () => {
    using project = testProject({ "src/late.ts": `${LOADED}export const handle = () => loadedBuiltins();\n` });
    const { code, stderr } = await project.mayfly(["build", "src/late.ts", "--host", "--no-defer"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("mayfly:deferred")]);
  });

  test("make the same bytes each time", async () => {
    using project = testProject({
      "src/late.ts": `import { gzipSync } from "node:zlib";\nexport const handle = () => gzipSync("x").length;\n`,
    });
    const hashes = [];
    for (const outdir of ["one", "two"]) {
      const { stdout } = await project.mayfly(["build", "src/late.ts", "--outdir", outdir, "--json"]);
      const { artifacts }: { artifacts: { sha256: string }[] } = JSON.parse(stdout);
      hashes.push(artifacts[0]?.sha256);
    }
    expect(hashes[0]).toBe(hashes[1]);
  });

  // Which module the bundler meets first is a race of its threads: builds at once, of many modules, show that best.
  test("make the same bytes each time where some modules defer what others need at once", async () => {
    const hashes = await Promise.all(
      Array.from({ length: 3 }, async () => {
        using project = testProject(deferringAndNot(20));
        const { stdout } = await project.mayfly(["build", "src/app.ts", "--host", "--json"]);
        const { artifacts }: { artifacts?: { sha256: string }[] } = JSON.parse(stdout);
        return artifacts?.[0]?.sha256 ?? stdout;
      }),
    );
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(hashes).size).toBe(1);
  });
});

/** Modules of three kinds for one and the same of the engine's: ES, used late or at once, and CommonJS that can't wait. */
function deferringAndNot(count: number): Readonly<Record<string, string>> {
  const builtins = ["events", "stream", "util", "path", "url", "fs", "crypto", "os", "assert", "zlib"];
  const numbers = Array.from({ length: count }, (_, number) => number);
  const builtin = (number: number): string => builtins[number % builtins.length] ?? "";
  const modules = numbers.flatMap((number) => [
    [`src/late${number}.ts`, `import * as x from "${builtin(number)}";\nexport const late = () => x;\n`],
    [
      `src/init${number}.ts`,
      `import * as x from "node:${builtin(number * 3 + 1)}";\nexport const init = Object.keys(x).length;\n`,
    ],
    [
      `src/legacy${number}.cjs`,
      `const x = require("${builtin(number + 3)}");\nexports.size = Object.keys(x).length;\nexports.run = (code) => eval(code);\n`,
    ],
    [
      `src/part${number}.ts`,
      `import { late } from "./late${number}.ts";\nimport { init } from "./init${number}.ts";\nimport { size } from "./legacy${number}.cjs";\nexport const part = () => [late, init, size];\n`,
    ],
  ]);
  const imports = numbers.map((number) => `import { part as part${number} } from "./part${number}.ts";\n`);
  const handle = `export const handle = () => [${numbers.map((number) => `part${number}()`).join(", ")}].length;\n`;
  return { ...Object.fromEntries(modules), "src/app.ts": imports.join("") + handle };
}
