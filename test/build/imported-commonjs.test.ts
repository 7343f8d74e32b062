import { beforeAll, describe, expect, test } from "vitest";
import { invokePackage } from "../support/invoke-package.ts";
import { type Program, runBothWays, type Said } from "./same-program.ts";
import { testProject } from "./test-project.ts";

/** Modules that say their names when they are evaluated, behind what they import. */
const es = (name: string, imports = ""): string => `${imports};\nsay("${name}");\nexport const ${name} = "${name}";\n`;
const commonJs = (name: string, code = ""): string => `${code};\nsay("${name}");\nexports.${name} = "${name}";\n`;

/** Says all that a namespace has. */
const telling = (namespace: string): string =>
  `say(Object.keys(${namespace}).toSorted().join(), ...Object.values(${namespace}).map((one) => typeof one).toSorted());`;

const LETTERS: Program = Object.fromEntries(["a", "b", "c", "d"].map((name) => [`${name}.mjs`, es(name)]));

const PROGRAMS: Readonly<Record<string, Program>> = {
  "CommonJS is evaluated in its place among the imports": {
    ...LETTERS,
    "main.mjs": `import "./a.mjs"; import x, { x as again } from "./x.cjs"; import "./e.mjs"; import * as y from "./y.cjs";
      import "./c.mjs"; export { z } from "./z.cjs"; import "./d.mjs"; say(x.x, again, y.y);`,
    "e.mjs": es("e", `import "./b.mjs"; import { x } from "./x.cjs"; say(x)`),
    "x.cjs": commonJs("x", `require("./z.cjs")`),
    "y.cjs": commonJs("y"),
    "z.cjs": commonJs("z"),
  },
  "and in each of two orders": {
    ...LETTERS,
    "main.mjs": `await import("./one.mjs"); await import("./two.mjs");`,
    "one.mjs": es("one", `import "./a.mjs"; import "./x.cjs"; import "./b.mjs"; import "./y.cjs"`),
    "two.mjs": es("two", `import "./y.cjs"; import "./b.mjs"; import "./c.mjs"; import "./x.cjs"; import "./d.mjs"`),
    "x.cjs": commonJs("x", `require("./z.cjs")`),
    "y.cjs": commonJs("y", `require("./z.cjs")`),
    "z.cjs": commonJs("z"),
  },
  "also beside a module that waits": {
    ...LETTERS,
    "main.mjs": `import "./w.mjs"; import "./x.cjs"; import "./b.mjs"; import "./y.cjs"; say("main");`,
    "w.mjs": `say("w1"); await 0; say("w2");`,
    "x.cjs": commonJs("x"),
    "y.cjs": commonJs("y"),
  },
  "export * of CommonJS passes on the names that Node.js finds": {
    "main.mjs": `const all = await import("./e.mjs"); ${telling("all")}
      const { x, deep } = all; say(x, deep, all.own, "unseen" in all, "default" in all);`,
    "e.mjs": `export * from "./x.cjs"; export * from "./y.cjs"; export * from "./f.mjs"; export const own = "own";
      import * as self from "./e.mjs"; const all = self; ${telling("all")} say(self.deep, self.f);`,
    "f.mjs": `export const f = "f";`,
    "x.cjs": `exports.x = 1; exports.own = 2; exports.both = 3; exports["un" + "seen"] = 4; exports.default = 5; exports.never;`,
    "y.cjs": `module.exports = require("./z.cjs");`,
    "z.cjs": `exports.deep = "deep"; exports.both = 4; exports["with-dash"] = 5;`,
  },
  "export * of Node.js's modules and of CommonJS, in packages without side effects": {
    "main.mjs": `import * as lib from "lib"; import { Foo, once, named, more } from "lib"; const all = lib;
      say(Foo.name, typeof once, named, more, typeof all.EventEmitter, all.unused, "default" in all);
      say(typeof (await import("lib")).once, (await import("lib")).more);`,
    "node_modules/lib/package.json": `{ "name": "lib", "type": "module", "exports": "./index.js", "sideEffects": false }`,
    "node_modules/lib/index.js": `export * from "node:events"; export * from "dep"; export * from "./mid.js";`,
    "node_modules/lib/mid.js": `export * from "./more.cjs"; export const named = "named";`,
    "node_modules/lib/more.cjs": `exports.more = "more";`,
    "node_modules/dep/package.json": `{ "name": "dep", "main": "i.js", "sideEffects": false }`,
    "node_modules/dep/i.js": `class Foo {} exports.Foo = Foo; exports.unused = 3;`,
  },
  "a package that names those of its files that do something": {
    "main.mjs": `import { x } from "lib"; say(x);`,
    "node_modules/lib/package.json": `{ "name": "lib", "type": "module", "main": "i.js", "sideEffects": ["*.register.js"] }`,
    "node_modules/lib/i.js": `import "./deep/er/a.register.js"; import "./b.register.js"; export const x = 1;`,
    "node_modules/lib/deep/er/a.register.js": `say("a");`,
    "node_modules/lib/b.register.js": `say("b");`,
  },
  "import() of CommonJS gives the namespace of Node.js": {
    "main.mjs": `for (const load of [() => import("./f.cjs"), () => import("./text.cjs"), () => import("./none.cjs"), () => import("./compiled.cjs")]) {
        const all = await load(); ${telling("all")} say(all === (await load()));
      }
      say((await import("./f.cjs")).helper, (await import("./compiled.cjs")).default.default, (await import("./compiled.cjs")).late);`,
    "f.cjs": `module.exports = function f() {}; module.exports.helper = 3; exports.lost = 4;`,
    "text.cjs": `module.exports = "text";`,
    "none.cjs": `module.exports = null;`,
    "compiled.cjs": `Object.defineProperty(exports, "__esModule", { value: true });
      exports.default = "d"; exports.x = 1;
      Object.defineProperty(exports, "late", { enumerable: true, get: function () { return later.late; } });
      Object.defineProperty(exports, "broken", { enumerable: true, get: function () { return absent.broken; } });
      const later = { late: "late" };`,
  },
  "a namespace that is seen as a whole has the names that Node.js finds, and their values at first": {
    "main.mjs": `import * as all from "./x.cjs"; import * as used from "./y.cjs"; import { passed } from "./passed.mjs"; import x from "./x.cjs";
      const { a, gone, unseen } = all; x.change(); say(Object.keys(all).toSorted().join(), a, gone, unseen, all.a, "unseen" in all);
      say(used.a, used.default.a, Object.keys(passed).join(), { ...passed }.gone, passed.default === x);`,
    "passed.mjs": `export * as passed from "./x.cjs";`,
    "x.cjs": `exports.gone = 1; module.exports = { a: 2, change, ["un" + "seen"]: 3 }; function change() { module.exports.a = 4; }`,
    "y.cjs": `exports.a = 1;`,
  },
  "what only looks like an import of CommonJS": {
    "main.mjs": `/* import x from "./x.cjs" */ const text = 'import y from "./x.cjs"'; const more = \`
import z from "./x.cjs";
\`; import { x } from "./x.cjs"; say(text, more, x);`,
    "x.cjs": commonJs("x"),
  },
};

describe("CommonJS that ES modules import:", () => {
  let said: { readonly node: Said; readonly built: Said };
  beforeAll(async () => {
    said = await runBothWays(PROGRAMS);
  });

  test.each(Object.keys(PROGRAMS))("%s", (name) => {
    expect(said.node[name]).not.toHaveLength(0);
    expect(said.built[name]).toEqual(said.node[name]);
  });

  // Node.js requires ES modules from version 22 on.
  test("ES modules that it requires are evaluated in their place too, and what throws fails for good", async () => {
    using project = testProject({
      "package.json": `{ "type": "module" }`,
      "src/required.mjs": `globalThis.say = (...what) => (globalThis.said ??= []).push(...what);
        export const handle = async () => {
          await import("./main.mjs");
          for (const load of [() => import("./fails.mjs"), () => import("./too.mjs"), () => import("./x.cjs")])
            await load().catch((error) => say(error.message));
          return globalThis.said;
        };`,
      ...Object.fromEntries(Object.entries(LETTERS).map(([path, code]) => [`src/${path}`, code])),
      "src/main.mjs": `import "./a.mjs"; import { r } from "./r.mjs"; import "./b.mjs"; import "./y.cjs"; say(r);`,
      "src/r.mjs": es("r", `import "./deep.mjs"`),
      "src/deep.mjs": es("deep"),
      "src/y.cjs": commonJs("y", `say(require("./r.mjs").r)`),
      "src/fails.mjs": es("fails", `import "./c.mjs"; import "./x.cjs"`),
      "src/too.mjs": es("too", `import "./x.cjs"; import "./d.mjs"`),
      "src/x.cjs": `globalThis.tries = (globalThis.tries ?? 0) + 1; throw new Error("try " + globalThis.tries);`,
    });
    await project.mayfly(["build", "src/required.mjs", "--host"]);
    expect(await invokePackage(project.folder, "required.handle", null)).toEqual([
      "a",
      "deep",
      "r",
      "b",
      "r",
      "y",
      "r",
      "c",
      "try 1",
      "try 1",
      "try 1",
    ]);
  });

  test("the nearest package.json tells what is an ES module, also of what a package exports", async () => {
    using project = testProject({
      "index.mjs": `import { named, whole } from "lib"; export const handle = () => [named, whole];`,
      "node_modules/lib/package.json": `{ "name": "lib", "sideEffects": false, "exports": { "import": "./modules/index.js", "default": "./lib.js" } }`,
      "node_modules/lib/modules/package.json": `{ "type": "module" }`,
      "node_modules/lib/modules/index.js": `import lib from "../lib.js"; export const { named } = lib; export const whole = Object.keys(lib);`,
      "node_modules/lib/lib.js": `Object.defineProperty(exports, "__esModule", { value: true }); exports.named = "named";`,
    });
    expect((await project.mayfly(["build", "--host"])).code).toBe(0);
    expect(await invokePackage(project.folder, "index.handle", null)).toEqual(["named", ["named"]]);
  });

  test("TypeScript that isn't of ES modules takes its default from it, whoever else imports it, and passes all on", async () => {
    using project = testProject({
      "src/main.ts": `
        import { fromModule } from "./module.mjs";
        import value, { named } from "./compiled.cjs";
        import * as all from "./compiled.cjs";
        import { Type } from "./types.cjs";
        import { computed } from "./index.ts";
        export const handle = async (): Promise<unknown> => {
          const later = await import("./index.ts");
          const typed: Type | undefined = undefined;
          return [value, all.default, named, fromModule, computed, Object.keys(later).toSorted(), typed === undefined, globalThis.evaluated];
        };`,
      "src/index.ts": `export * from "./compiled.cjs";\nexport * from "./plain.ts";\nexport const named = "own";\n`,
      "src/plain.ts": `export const plain = 1;\n`,
      "src/types.cjs": `globalThis.evaluated = "for a type";\n`,
      "src/types.d.cts": `export interface Type { a: string }\n`,
      "src/module.mjs": `import value from "./compiled.cjs";\nexport const fromModule = typeof value;\n`,
      "src/compiled.cjs": `exports.__esModule = true;\nexports.default = "default";\nexports.named = "named";\nexports.other = 1;\nexports["comp" + "uted"] = "computed";\n`,
    });
    await project.mayfly(["build", "src/main.ts", "--host"]);
    expect(await invokePackage(project.folder, "main.handle", null)).toEqual([
      "default",
      "default",
      "named",
      "object",
      "computed",
      ["__esModule", "computed", "named", "other", "plain"],
      true,
      null,
    ]);
  });

  test("import() in TypeScript that isn't of ES modules gives what tsc makes of it, by the `module` of its tsconfig", async () => {
    const load = `export const load = async (): Promise<unknown> => (await import("../compiled.cjs")).default;\n`;
    using project = testProject({
      "main.ts": `
        import { load as none } from "./none/load.ts";
        import { load as required } from "./required/load.ts";
        import { load as left } from "./left/load.ts";
        export const handle = async (): Promise<unknown> => [await none(), await required(), await left()];`,
      "base.json": `{ "compilerOptions": { "module": "NodeNext" } }`,
      "none/load.ts": load,
      "required/load.ts": load,
      "required/tsconfig.json": `{ "extends": "../base.json", "compilerOptions": { "module": "commonjs" } }`,
      "left/load.ts": load,
      "left/tsconfig.json": `{ "extends": "../base.json" }`,
      "compiled.cjs": `exports.__esModule = true;\nexports.default = "default";\n`,
    });
    await project.mayfly(["build", "main.ts", "--host"]);
    expect(await invokePackage(project.folder, "main.handle", null)).toEqual([
      "default",
      "default",
      { __esModule: true, default: "default" },
    ]);
  });
});
