import { describe, expect, test } from "vitest";
import { deferImports } from "./es-imports.ts";

const STAND_INS = {
  helper: "helper",
  standIn: (builtin: string, withDefault: boolean): string => `stand-in/${builtin}${withDefault ? ":default" : ""}`,
};

function rewrite(source: string, path = "module.js", javascript = source): string | undefined {
  return deferImports(source, path, () => javascript, STAND_INS);
}

describe("imports of the engine's modules", () => {
  test("are pointed at stand-ins, on their lines, two on one too", () => {
    const source = `import { createHash as hash, randomUUID } from "node:crypto"; import * as fs from 'fs';\nimport https, {\n  Agent,\n} from "https"; export * as path from "path";\nexport { sep, default } from "node:path";\nconst text = \`\nimport { x } from "fs"\`;\nclass A extends https.Agent {}`;
    expect(rewrite(source)).toBe(
      source
        .replace("node:crypto", "stand-in/crypto")
        .replace("'fs'", "'stand-in/fs:default'")
        .replace(`"https"`, `"stand-in/https:default"`)
        .replace(`"path"`, `"stand-in/path:default"`)
        .replace(`"node:path"`, `"stand-in/path:default"`),
    );
  });

  test("are judged by what is left of TypeScript", () => {
    const source = `import { type RequestOptions, request, Plain } from "https";\nimport type { Agent } from "https";\nexport const f = (o: RequestOptions, a: Agent, p: Plain) => request(o, a as never);`;
    const javascript = `import { request } from "https";\nexport const f = (o, a, p) => request(o, a);`;
    expect(rewrite(source, "module.ts", javascript)).toBe(
      source.replace(`Plain } from "https"`, `Plain } from "stand-in/https"`),
    );
  });

  test("that are made later tell that somebody has the module from then on", () => {
    expect(rewrite(`import { a } from "./a.js";\nawait import("node:os");\nimport(a);`)).toBe(
      `import { importing as $deferred_importing } from "helper"; import { a } from "./a.js";\nawait $deferred_importing("os", () => import("node:os"));\nimport(a);`,
    );
  });

  test.each([
    ["all of its names are exported", `export * from "fs";`],
    ["it is imported for its effect", `import "fs";`],
    ["the engine has no such name, which must fail as it does", `import { noSuchThing } from "fs";\nnoSuchThing();`],
    ["code that is text may name it", `import { readFile } from "fs";\nexport const f = () => eval("readFile");`],
    ["it costs nothing", `import { Buffer } from "node:buffer";\nexport const f = () => Buffer;`],
    ["it is a package", `import { readFile } from "fs-extra";\nexport const f = () => readFile;`],
    ["the file doesn't compile", `import { readFile } from "fs";\nclass {`],
    ["CommonJS imports it later", `module.exports = () => import("fs");`],
  ])("stay when %s", (_why, source) => {
    expect(rewrite(source)).toBeUndefined();
  });
});
