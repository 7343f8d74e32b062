import { cpSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { invokePackage } from "../support/invoke-package.ts";
import { testProject, type TestProject } from "./test-project.ts";

/** A module that notes when it runs, behind what it imports. */
const noting = (name: string, imports = ""): string =>
  `${imports}\n(globalThis.ran ??= []).push("${name}");\nexport const ${name} = globalThis.ran.join();\n`;

const entry = (names: readonly string[], more = ""): string =>
  `${names.map((name) => `import { ${name} } from "./${name}.js";`).join("\n")}
   export const handle = async () => { ${more} return [[${names.join(", ")}].at(-1), globalThis.ran.join()]; };\n`;

function invoke(project: TestProject, handler: string): Promise<unknown> {
  return invokePackage(join(project.folder, "package"), handler, {});
}

async function build(project: TestProject, ...entries: readonly string[]): Promise<void> {
  const { code, stderr } = await project.mayfly(["build", ...entries, "--host", "-o", "package"]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
}

describe("what is bundled means what its sources mean:", () => {
  test("modules run in the order of each handler's imports, whoever shares them", async () => {
    using project = testProject({
      "package.json": `{ "type": "module" }`,
      "src/one.js": entry(["a", "s", "b", "t", "u", "v"], `await import("./later.js");`),
      "src/two.js": entry(["u", "x", "t", "v", "s"], `await import("./later.js");`),
      "src/three.js": entry(["s", "t", "u"]),
      "src/later.js": noting("later", `import "./w.js"; import "./s.js";`),
      "src/v.js": noting("v", `import "./deep.js";`),
      ...Object.fromEntries(
        ["a", "b", "s", "t", "u", "w", "x", "deep"].map((name) => [`src/${name}.js`, noting(name)]),
      ),
    });
    await build(project, "src/one.js", "src/two.js", "src/three.js");
    expect(await invoke(project, "one.handle")).toEqual(["a,s,b,t,u,deep,v", "a,s,b,t,u,deep,v,w,later"]);
    expect(await invoke(project, "two.handle")).toEqual(["u,x,t,deep,v,s", "u,x,t,deep,v,s,w,later"]);
    expect(await invoke(project, "three.handle")).toEqual(["s,t,u", "s,t,u"]);
  });

  test("names of classes, CommonJS that throws or is sloppy, hidden and made requires, fields, types in metadata", async () => {
    using project = testProject({
      "package.json": `{ "type": "module" }`,
      "tsconfig.json": `{ "compilerOptions": { "target": "ES2022", "experimentalDecorators": true, "emitDecoratorMetadata": true } }`,
      "src/a.js": "export class NotFoundError extends Error {}\n",
      "src/b.js": "export class NotFoundError extends Error {}\n",
      "src/types.ts": "export interface Settings { url: string }\nexport type Id = string;\n",
      "src/sloppy.cjs": `
        exports.before = typeof count;
        for (count = 0; count < 2; count++);
        ({ short, other: [other] = [2] } = { short: 1 });
        function strict() {
          "use strict";
          try { neverMade = 1; } catch (error) { return error.name; }
        }
        /*
import "of nothing";
        */
        Object.assign(exports, { count: globalThis.count, short, other, strict: strict() });
      `,
      "src/throws.cjs": `exports.half = true;\nglobalThis.tries = (globalThis.tries ?? 0) + 1;\nif (globalThis.tries < 2) throw new Error("not yet");\n`,
      "src/again.cjs": `const seen = [];\nfor (let i = 0; i < 2; i++) { try { seen.push(require("./throws.cjs").half); } catch (error) { seen.push(error.message); } }\nmodule.exports = seen;\n`,
      "src/hidden.cjs": `const name = "not-there";\nexports.sep = eval("require")("node:path").sep;\nexports.code = (() => { try { require(name); } catch (error) { return error.code; } })();\nexports.inquired = require("protobufjs");\n`,
      "node_modules/protobufjs/package.json": `{ "name": "protobufjs", "main": "index.js" }`,
      "node_modules/protobufjs/index.js": `const util = { inquire(name) { try { return eval("quire".replace(/^/,"re"))(name); } catch (e) { return null; } } };\nexports.sep = util.inquire("path").sep;\nexports.long = util.inquire("long");\nexports.absent = util.inquire("absent");\n`,
      "node_modules/long/package.json": `{ "name": "long", "main": "long.js" }`,
      "node_modules/long/long.js": `module.exports = "long";\n`,
      "node_modules/leaf/package.json": `{ "name": "leaf", "main": "leaf.js" }`,
      "node_modules/leaf/leaf.js": "exports.leaf = 7;\n",
      "src/all.ts": `
        import { createRequire } from "node:module";
        import { NotFoundError as A } from "./a.js";
        import { NotFoundError as B } from "./b.js";
        import again from "./again.cjs";
        import hidden from "./hidden.cjs";
        import sloppy from "./sloppy.cjs";
        import { Settings, Id } from "./types.ts";
        const seen: string[] = [];
        Object.assign(Reflect, { metadata: (key: string, type: { name: string }) => () => void seen.push(type.name) });
        const note = (): any => () => {};
        class Wanted { @note() settings?: Settings; @note() id?: Id; }
        class Column { name; async; static get; }
        const notFields = \`
async;
static;
\`;
        const made = createRequire(import.meta.url);
        export const handle = () => ({
          names: [A.name, B.name], again, hidden, sloppy, seen, leaf: made("leaf").leaf, wanted: Wanted.name,
          fields: Object.keys(new Column()), notFields, here: import.meta.dirname.replace(process.env.LAMBDA_TASK_ROOT, ""),
        });`,
    });
    await build(project, "src/all.ts");
    expect(await invoke(project, "all.handle")).toEqual({
      names: ["NotFoundError", "NotFoundError"],
      again: ["not yet", true],
      hidden: { sep: "/", code: "MODULE_NOT_FOUND", inquired: { sep: "/", long: "long", absent: null } },
      sloppy: { before: "undefined", count: 2, short: 1, other: 2, strict: "ReferenceError" },
      seen: ["Object", "String"],
      leaf: 7,
      wanted: "Wanted",
      fields: ["name", "async"],
      notFields: "\nasync;\nstatic;\n",
      here: "/src",
    });
  });

  test("the same bytes come from any folder", async () => {
    const files = {
      "src/a.ts": `import { b } from "./b.cjs";\nimport text from "./t.toml";\nexport const handle = () => [b, text, __dirname];\n`,
      "src/b.cjs": "exports.b = require('node:path').sep + __filename;\n",
      "src/t.toml": "x = 1\n",
    };
    using here = testProject(files);
    using there = testProject(files, "another/folder");
    cpSync(join(here.folder, "src"), join(there.folder, "src"), { recursive: true });
    const hashes = [];
    for (const project of [here, there]) {
      const { stdout } = await project.mayfly(["build", "src/a.ts", "--json"]);
      const { artifacts }: { artifacts: { sha256: string }[] } = JSON.parse(stdout);
      hashes.push(artifacts[0]?.sha256);
    }
    expect(hashes[0]).toBe(hashes[1]);
  });
});
