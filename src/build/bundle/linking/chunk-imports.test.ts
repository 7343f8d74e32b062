import type { OutputChunk } from "rolldown";
import { expect, test } from "vitest";
import { importAsModules } from "./chunk-imports.ts";
import type { PlannedModule } from "./planned-module.ts";

/** The first lines of chunks, each made of modules named by letters. */
function heads(
  chunks: Readonly<Record<string, { readonly modules: string; readonly code: string }>>,
  imports: Readonly<Record<string, string>>,
  roots: readonly string[] = [],
): Readonly<Record<string, string>> {
  const made = Object.entries(chunks).map(([name, { modules, code }]) => ({
    fileName: `${name}.js`,
    moduleIds: modules.split(""),
    facadeModuleId: null,
    code,
  }));
  const rest = { free: false, waits: false, wrapped: false, quiet: false };
  const graph = new Map<string, PlannedModule>(
    Object.entries(imports).map(([module, imported]) => [module, { imports: imported.split(""), loads: [], ...rest }]),
  );
  graph.set("start", { imports: [], loads: roots, ...rest });
  // As much of a chunk as is looked at.
  const changed = importAsModules(made as unknown as readonly OutputChunk[], "start", graph);
  return Object.fromEntries(changed.map(({ fileName, code }) => [fileName.slice(0, -3), code]));
}

test("a chunk imports first what its modules do, in the order in which they come to it", () => {
  const code = `import { __name } from "./rolldown-runtime.js";\nimport fs from "node:fs";\nimport { x } from "./x.js";\nimport "./p.js";\nimport { b } from "./b.js";\nbody();\n`;
  const changed = heads(
    {
      m: { modules: "m", code },
      ...Object.fromEntries(["b", "p", "x"].map((name) => [name, { modules: name, code: "" }])),
    },
    { m: "bp", b: "px", p: "", x: "" },
  );
  expect(changed["m"]).toBe(
    `import { __name } from "./rolldown-runtime.js";\nimport fs from "node:fs";\nimport { b } from "./b.js";\nimport "./p.js";\nimport { x } from "./x.js";\nbody();\n`,
  );
});

test("through modules that nothing is left of", () => {
  const changed = heads(
    {
      m: { modules: "m", code: `import{x}from"./x.js";import"./p.js";body();` },
      ...Object.fromEntries(["p", "x"].map((name) => [name, { modules: name, code: "" }])),
    },
    { m: "b", b: "px", p: "", x: "" },
  );
  expect(changed["m"]).toBe(`import"./p.js";import{x}from"./x.js";body();`);
});

test("in a circle what is passed on comes the way that the modules import it", () => {
  const changed = heads(
    {
      a: { modules: "a", code: `import "./c.js";\nimport { d } from "./d.js";\nbody(d);\n` },
      c: { modules: "c", code: `import { l as m } from "./d.js";\nimport { f } from "./a.js";\nbody(m, f);\n` },
      d: { modules: "d", code: `import "./c.js";\nlet l;\nexport { l };\n` },
    },
    { a: "cd", c: "a", d: "c" },
  );
  expect(changed).toEqual({
    a: `import "./c.js";\nimport { d } from "./d.js"; import { l as $through0 } from "./d.js"; export { $through0 };\nbody(d);\n`,
    c: `import { $through0 as m } from "./a.js";\nimport { f } from "./a.js";\nbody(m, f);\n`,
    d: `import "./c.js";\nlet l;\nexport { l };\n`,
  });
});

test("a root imports all itself where its chunks import each other in the order of another", () => {
  const changed = heads(
    {
      r: { modules: "r", code: `import "./c.js";` },
      s: { modules: "s", code: `import "./c.js";` },
      c: { modules: "de", code: `import "./p.js";import "./q.js";` },
      p: { modules: "p", code: "" },
      q: { modules: "q", code: "" },
    },
    { r: "e", s: "de", d: "pq", e: "qd", p: "", q: "" },
    ["r", "s"],
  );
  expect(changed).toMatchObject({
    r: `import "./c.js";`,
    s: `import "./p.js"; import "./q.js"; import "./c.js";`,
    c: `import "./q.js";import "./p.js";`,
  });
});
