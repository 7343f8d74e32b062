import type { OutputChunk } from "rolldown";
import { expect, test } from "vitest";
import { earlyNamespaces } from "./early-namespaces.ts";

/** The code of chunks, by their names. */
function early(chunks: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const made = Object.entries(chunks).map(([name, code]) => ({ fileName: `${name}.js`, modules: {}, code }));
  // As much of a chunk as is looked at.
  const changed = earlyNamespaces(made as unknown as readonly OutputChunk[]);
  return Object.fromEntries(changed.map(({ fileName, code }) => [fileName.slice(0, -3), code]));
}

const RUNTIME = `import { __esmMin, __exportAll as __exportAll$1, __name as __name$1 } from "./rolldown-runtime.js";`;

test("who comes first in a ring of chunks has namespaces made and functions named, also those of a wrapped module", () => {
  const named = `function f$1() {}\nvar init = __esmMin((() => { __name$1(f$1, "f");\n}));\n`;
  expect(
    early({
      a: `${RUNTIME}\nimport "./b.js";\nvar all = __exportAll$1({\n\tf: () => f$1\n});\n${named}export { all, f$1 };\n`,
      b: `import { all, f$1 as f } from "./a.js";\nbody(all, f);\n`,
    }),
  ).toEqual({
    a: `${RUNTIME}\nimport "./b.js";\nvar all; all$made();\n\n\n${named}export { all, f$1 };\n
export function all$made() { __name$1(f$1, "f"); return all ??= __exportAll$1({\n\tf: () => f$1\n}); }
export function f$1$made() { __name$1(f$1, "f"); }\n`,
    b: `import { all, f$1 as f } from "./a.js"; import { all$made, f$1$made } from "./a.js"; all$made(); f$1$made();\nbody(all, f);\n`,
  });
});

test("what a package's own helper names stays where it is", () => {
  const chunks = {
    a: `import "./b.js";\nvar __name = helper;\nfunction f() {}\n__name(f, "f");\nexport { f };\n`,
    b: `import { f } from "./a.js";\nbody(f);\n`,
  };
  expect(early(chunks)).toEqual(chunks);
});

test("what several statements import of a chunk is made by one call", () => {
  const { b } = early({
    a: `${RUNTIME}\nimport "./b.js";\nvar all = __exportAll$1({});\nexport { all };\n`,
    b: `import { all } from "./a.js";\nimport { all as led } from "./a.js";\nbody(all, led);\n`,
  });
  expect(b?.match(/import \{ all\$made \}/g)).toHaveLength(1);
});
