import { describe, expect, test } from "vitest";
import { deferImports } from "./es-imports.ts";

const standIn = (builtin: string, withDefault: boolean): string =>
  `stand-in/${builtin}${withDefault ? ":default" : ""}`;

function rewrite(source: string, javascript = source): string | undefined {
  return deferImports(source, javascript, standIn);
}

describe("imports of the engine's modules", () => {
  test("are pointed at stand-ins, on their lines, when functions alone use them", () => {
    const source = `import { createHash as hash, randomUUID } from "node:crypto";\nimport * as fs from 'fs';\nimport https, {\n  Agent,\n} from "https";\nexport const f = () => [hash, randomUUID, fs, https, new Agent()];`;
    expect(rewrite(source)).toBe(
      source
        .replace("node:crypto", "stand-in/crypto")
        .replace("'fs'", "'stand-in/fs'")
        .replace(`"https"`, `"stand-in/https:default"`),
    );
  });

  test("are judged by what is left of TypeScript", () => {
    const source = `import { type RequestOptions, request } from "https";\nimport type { Agent } from "https";\nexport const f = (o: RequestOptions, a: Agent) => request(o, a as never);`;
    const javascript = `import { request } from "https";\nexport const f = (o, a) => request(o, a);`;
    expect(rewrite(source, javascript)).toBe(
      source.replace(`request } from "https"`, `request } from "stand-in/https"`),
    );
  });

  test.each([
    ["a class of the module extends it", `import { Readable } from "stream";\nexport class A extends Readable {}`],
    [
      "the module calls it",
      `import { promisify } from "util";\nimport { exec } from "child_process";\nconst run = promisify(exec);`,
    ],
    ["the module exports it", `import { readFile } from "fs";\nexport { readFile };`],
    ["it is imported for its effect", `import "fs";`],
    [
      "the engine has no such name, which must fail as it does",
      `import { noSuchThing } from "fs";\nexport const f = () => noSuchThing;`,
    ],
    [
      "a text looks like it",
      `import { readFile } from "fs";\nexport const f = () => \`\nimport { x } from "fs"\` + readFile;`,
    ],
    ["it costs nothing", `import { Buffer } from "node:buffer";\nexport const f = () => Buffer;`],
    ["it is a package", `import { readFile } from "fs-extra";\nexport const f = () => readFile;`],
    [
      "the parser doesn't know the syntax",
      `import { readFile } from "fs";\n@dec class A {}\nexport const f = () => readFile;`,
    ],
  ])("stay when %s", (_why, source) => {
    expect(rewrite(source)).toBeUndefined();
  });
});
