import { symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { type ElfFile, elfFile } from "./elf-file.ts";
import { testProject } from "./test-project.ts";

const HANDLER = "export const handle = () => 1;\n";

/** What the user reads: stderr of a build that fails. */
async function failure(files: Readonly<Record<string, string>>, ...args: string[]): Promise<string> {
  using project = testProject(files);
  const { code, stdout, stderr } = await project.mayfly(["build", ...args]);
  expect(stdout).toBe("");
  expect(code).toBe(1);
  return stderr;
}

describe("a build that can't be done says what is wrong and what to do about", () => {
  test("a syntax error: file, line, column and the marked excerpt", async () => {
    expect(await failure({ "src/a.ts": "export function handle() {\n\treturn { a: 1;\n}\n" }, "src/a.ts")).toBe(
      [
        "error MAYFLY_SYNTAX: src/a.ts can't be compiled.",
        "",
        "src/a.ts:2:15  Expected `,` or `}` but found `;`",
        "  2 | \treturn { a: 1;",
        "      \t             ^",
        "",
      ].join("\n"),
    );
  });

  test("imports that can't be found, all of them at once", async () => {
    const text = await failure(
      {
        "src/a.ts": `import { z } from "zood";\nimport { q } from "./lbi";\nexport const handle = () => z + q;\n`,
        "src/lib.ts": "export const q = 1;\n",
      },
      "src/a.ts",
    );
    expect(text).toBe(
      [
        "error MAYFLY_UNRESOLVED_IMPORT: 2 imports can't be resolved in src/a.ts.",
        "",
        'src/a.ts:1:19  Cannot find the package "zood"',
        '  1 | import { z } from "zood";',
        "                        ^^^^^^",
        "  npm install zood",
        "",
        'src/a.ts:2:19  Cannot find the file "./lbi"',
        '  2 | import { q } from "./lbi";',
        "                        ^^^^^^^",
        '  Did you mean "./lib"?',
        "",
        "What is there only at run time, as in a layer, is left out with --external.",
        "",
      ].join("\n"),
    );
  });

  test("an import of a name that isn't exported", async () => {
    const files = { "src/a.ts": `import { q } from "./b.ts";\nexport const handle = () => q;\n`, "src/b.ts": HANDLER };
    expect(await failure(files, "src/a.ts")).toMatch(/src\/a\.ts:1:10 {2}No matching export in "src\/b\.ts".*"q"/);
  });

  test.each([
    [
      { extends: "@tsconfig/not-there/tsconfig.json" },
      "A tsconfig.json extends or refers to @tsconfig/not-there/tsconfig.json, which isn't there.",
      "Install the package with it, or correct the name.",
    ],
    [
      { extends: "./missing.json" },
      "A tsconfig.json extends or refers to missing.json, which isn't there.",
      "Correct the path, or add the file.",
    ],
    [
      { extends: "./tsconfig.json" },
      "tsconfig.json can't be read: Circular reference detected in tsconfig 'extends'.",
      "It is the project's tsconfig.json, or one that it extends or refers to.",
    ],
  ])("a tsconfig.json with %j", async (config, message, hint) => {
    const said = await failure({ "src/a.ts": HANDLER, "tsconfig.json": JSON.stringify(config) }, "src/a.ts");
    expect(said).toBe(`error MAYFLY_TSCONFIG: ${message}\n\n${hint}\n`);
  });

  test("a type error, with --typecheck", async () => {
    using project = testProject({
      "src/a.ts": `export function handle(event: { name: string }): number {\n  return event.name;\n}\n`,
      "node_modules/.keep": "",
    });
    symlinkSync(resolve("node_modules/typescript"), join(project.folder, "node_modules/typescript"));
    const { code, stderr } = await project.mayfly(["build", "src/a.ts", "--typecheck"]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      [
        "error MAYFLY_TYPE: There is a type error in src/a.ts.",
        "",
        "src/a.ts:2:3  Type 'string' is not assignable to type 'number'. (TS2322)",
        "  2 |   return event.name;",
        "        ^^^^^^",
        "",
      ].join("\n"),
    );
  });

  test("--typecheck without TypeScript", async () => {
    const text = await failure({ "src/a.ts": HANDLER }, "--typecheck");
    expect(text).toMatch(/^error MAYFLY_TYPESCRIPT_MISSING: [\s\S]*npm install --save-dev typescript\n$/);
  });

  test("no entry: what was looked for", async () => {
    const text = await failure({ "src/a.ts": HANDLER, "src/b.ts": HANDLER });
    expect(text).toMatch(/^error MAYFLY_NO_ENTRY: [\s\S]*Looked for:[\s\S]*Name the file: mayfly build src\/a\.ts\n$/);
  });

  test("an entry without a handler", async () => {
    const text = await failure({ "src/a.ts": "export const x = 1;\n" });
    expect(text).toMatch(/^error MAYFLY_NO_EXPORTS: src\/a\.ts exports nothing[\s\S]*"a\.handle"\.\n$/);
  });

  test("an entry with nothing but a class", async () => {
    const text = await failure({ "src/a.ts": "export class Api {\n  list(): number {\n    return 1;\n  }\n}\n" });
    expect(text).toMatch(
      /^error MAYFLY_NO_EXPORTS: [\s\S]*Api is a class[\s\S]*const api = new Api\(\); {3}\/\/ a\.api\.list\n$/,
    );
  });

  test("an entry that starts a server", async () => {
    const text = await failure({ "src/a.js": `require("node:http").createServer().listen(3000);\n` });
    expect(text).toMatch(
      /^error MAYFLY_NO_EXPORTS: src\/a\.js exports nothing[\s\S]*export default app;[\s\S]*web: \{ command: /,
    );
  });

  test("an entry that isn't there", async () => {
    const text = await failure({ "src/hello.ts": HANDLER }, "src/helo.ts");
    expect(text).toBe("error MAYFLY_ENTRY_NOT_FOUND: There is no file src/helo.ts.\n\nDid you mean src/hello.ts?\n");
  });

  test("an entry that is no code", async () => {
    const text = await failure({ "event.json": "{}" }, "event.json");
    expect(text).toMatch(/^error MAYFLY_ENTRY_NOT_FOUND: event\.json is not a TypeScript or JavaScript file\./);
  });

  test("one file of a Mix project", async () => {
    const text = await failure({ "mix.exs": "", "lib/hello.ex": "" }, "lib/hello.ex");
    expect(text).toMatch(/^error MAYFLY_ENTRY_NOT_FOUND: lib\/hello\.ex can't be built alone[\s\S]*Name no file/);
  });

  test("two files that are the same module", async () => {
    const files = { "src/a.ts": HANDLER, "src/a.js": HANDLER };
    const text = await failure(files, "src/a.ts", "src/a.js");
    expect(text).toMatch(/^error MAYFLY_HANDLER_CLASH: src\/a\.ts and src\/a\.js are both the module "src\/a"/);
  });

  test("two functions whose one handler string means two files", async () => {
    const text = await failure({
      "a/hello.ts": HANDLER,
      "b/hello.ts": HANDLER,
      "mayfly.config.ts": `export default { functions: {
        one: { entry: "a/hello.ts", handler: "hello.handle" },
        two: { entry: "b/hello.ts", handler: "hello.handle" },
      } };`,
    });
    expect(text).toMatch(
      /^error MAYFLY_HANDLER_CLASH: [\s\S]*Write the whole path: "a\/hello\.handle" and "b\/hello\.handle"\.\n$/,
    );
  });

  test("a function whose handler its entry doesn't have", async () => {
    const config = (handler: string): Record<string, string> => ({
      "src/a.ts": "export const handle = () => 1;\nexport const other = () => 2;\n",
      "mayfly.config.ts": `export default { functions: { api: { entry: "src/a.ts"${handler} } } };`,
    });
    expect(await failure(config(', handler: "handel"'))).toMatch(
      /^error MAYFLY_HANDLER_NOT_FOUND: functions\.api\.handler is "handel"[\s\S]*Did you mean "handle"\?\n$/,
    );
    expect(await failure(config(""))).toMatch(
      /^error MAYFLY_HANDLER_UNCLEAR: src\/a\.ts has several handlers[\s\S]*a\.handle\n {2}a\.other\n$/,
    );
  });

  test("an outdir that can't be written to, before anything is compiled", async () => {
    const text = await failure({ "src/a.ts": HANDLER, dist: "a file" }, "--outdir", "dist");
    expect(text).toMatch(/^error MAYFLY_OUTDIR: dist can't be written: a part of the path is a file/);
    const readOnly = await failure({ "src/a.ts": "not even code (" }, "src/a.ts", "--outdir", "/proc/mayfly");
    expect(readOnly).toMatch(/^error MAYFLY_OUTDIR: \/proc\/mayfly can't be written: /);
  });

  test("a native add-on for another processor, or a newer system", async () => {
    using project = testProject({ "src/a.ts": `import addon from "./x.node";\nexport const handle = () => addon;\n` });
    const refusal = async (file: ElfFile): Promise<string> => {
      writeFileSync(join(project.folder, "src/x.node"), elfFile(file));
      const { code, stderr } = await project.mayfly(["build", "src/a.ts"]);
      expect(code).toBe(1);
      return stderr;
    };
    expect(await refusal({ machine: "arm64" })).toMatch(
      /^error MAYFLY_ADDON_TARGET: .*Linux x86_64:\n {2}src\/x\.node is for Linux arm64\n/,
    );
    expect(await refusal({ machine: "x86_64", versions: ["GLIBC_2.38"] })).toMatch(
      /^error MAYFLY_ADDON_LIBRARIES: .*\n {2}src\/x\.node needs GLIBC_2\.38\n/,
    );
  });

  test("two functions with one handler, of which the URL of one streams", async () => {
    const functions = (environment: string): string => `export default { functions: {
      live: { entry: "src/a.ts", url: { stream: true } },
      whole: { entry: "src/a.ts", handler: "a.handle", url: true${environment} },
    } };`;
    const text = await failure({ "src/a.ts": HANDLER, "mayfly.config.ts": functions("") });
    expect(text).toMatch(
      /^error MAYFLY_STREAM_CLASH: functions\.live and functions\.whole have the handler "src\/a\.handle" in common/,
    );
    expect(text).toContain('environment: { MAYFLY_RESPONSE_MODE: "buffered" }');
  });

  test("a config with mistakes: every key", async () => {
    const text = await failure({
      "src/a.ts": HANDLER,
      "mayfly.config.ts": `export default { functions: { api: { entry: "src/a.ts", memroy: 1, timeout: 0 } } };`,
    });
    expect(text).toMatch(/^error MAYFLY_CONFIG: mayfly\.config\.ts has 2 mistakes:\n/);
    expect(text).toContain('  functions.api.memroy: unknown; did you mean "memory"?\n');
    expect(text).toContain("  functions.api.timeout: must be a whole number of seconds from 1 to 900, but it is 0\n");
  });

  test.each([
    ["does not compile", "export default {", /mayfly\.config\.ts:1:16 {2}Expected/],
    ["throws", `throw new Error("boom");`, /Error: boom\n {4}at .*mayfly\.config\.ts:1/],
    ["exports no default", "export const config = {};", /has no default export/],
    ["imports what isn't there", `import x from "nowhere";\nexport default x;`, /the package "nowhere"/],
  ])("a config that %s", async (_, config, expected) => {
    const text = await failure({ "src/a.ts": HANDLER, "mayfly.config.ts": config });
    expect(text).toMatch(/^error MAYFLY_CONFIG_LOAD: /);
    expect(text).toMatch(expected);
  });

  test("a config whose entry isn't there, or lies outside the project", async () => {
    const config = (entry: string): Record<string, string> => ({
      "app/src/a.ts": HANDLER,
      "b.ts": HANDLER,
      "app/mayfly.config.ts": `export default { functions: { api: { entry: "${entry}" } } };`,
    });
    expect(await failure(config("src/aa.ts"), "--config", "app/mayfly.config.ts")).toMatch(
      /^error MAYFLY_ENTRY_NOT_FOUND: .*src\/aa\.ts \(functions\.api\.entry in app\/mayfly\.config\.ts\)/,
    );
    expect(await failure(config("../b.ts"), "--config", "app/mayfly.config.ts")).toMatch(
      /^error MAYFLY_ENTRY_OUTSIDE: b\.ts lies outside the project/,
    );
    expect(await failure(config("src/a.ts"), "--config", "app/nothing.ts")).toMatch(
      /^error MAYFLY_CONFIG_NOT_FOUND: There is no config file app\/nothing\.ts/,
    );
  });
});
