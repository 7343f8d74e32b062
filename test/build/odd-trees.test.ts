import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { zipEntriesOf } from "./zip-entries-of.ts";
import { testProject, type TestProject } from "./test-project.ts";

const HANDLER = "export const handle = () => 1;\n";

/** What no source file is, beside the handlers and in a folder that is included. */
function addOdd(project: TestProject, folder: string): void {
  const path = (name: string): string => join(project.folder, folder, name);
  mkdirSync(path(""), { recursive: true });
  symlinkSync("self.ts", path("self.ts"));
  symlinkSync(".", path("ring"));
  const script = `
import os, socket, sys
os.chdir(sys.argv[1])
os.mkfifo("pipe.ts")
socket.socket(socket.AF_UNIX).bind("socket.ts")
open(b"inv\\xffalid.ts", "w").write("!")`;
  expect(spawnSync("python3", ["-c", script, path("")], { encoding: "utf8" }).stderr).toBe("");
  writeFileSync(path("back\\slash.ts"), HANDLER);
  writeFileSync(path("new\nline.ts"), HANDLER);
}

async function errorOf(project: TestProject, ...args: string[]): Promise<unknown> {
  const { stdout } = await project.mayfly(["build", "--json", ...args]);
  const { error }: { error: unknown } = JSON.parse(stdout);
  return error;
}

describe("a build of a tree with pipes, sockets, links to themselves and odd names", () => {
  test("takes what can be a handler", async () => {
    using project = testProject({ "handlers/a.ts": HANDLER });
    addOdd(project, "handlers");
    const { code, stdout } = await project.mayfly(["build", "--json"]);
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      {
        handlers: [
          { handler: "back\\slash.handle" },
          { handler: "a.handle" },
          { handler: "new\nline.handle" },
        ].toSorted((a, b) => (a.handler < b.handler ? -1 : 1)),
      },
    ]);
  });

  test("packs what can be packed, where it is included or where code reads it", async () => {
    using project = testProject({
      "src/handler.ts": `import { readFileSync } from "node:fs";
        import { join } from "node:path";
        export const handle = (e: { name: string }) => readFileSync(join(__dirname, "../read", e.name));`,
      "mayfly.config.js": 'export default { include: ["files"], functions: { a: { entry: "src/handler.ts" } } };',
      "files/a.txt": "a",
      "read/b.txt": "b",
    });
    addOdd(project, "files");
    addOdd(project, "read");
    const { code, stderr } = await project.mayfly(["build", "--zip"]);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("error")]);
    const names = await zipEntriesOf(join(project.folder, "lambda.zip"));
    expect(names).toContain("files/a.txt");
    expect(names).toContain("read/b.txt");
    expect(names.filter((name) => /pipe|socket/.test(name))).toEqual([]);
  });

  test("says what is named and is no file", async () => {
    using project = testProject({ "src/handler.ts": HANDLER });
    addOdd(project, "odd");
    for (const [name, what] of [
      ["pipe.ts", "a named pipe"],
      ["socket.ts", "a socket"],
      ["self.ts", "a link to nothing"],
    ]) {
      const path = `odd/${name}`;
      expect(await errorOf(project, path)).toMatchObject({
        code: "MAYFLY_ENTRY_NOT_FOUND",
        message: `${join(project.folder, path)} is ${what}, and no file.`,
      });
    }
    expect(await errorOf(project, "/dev/null")).toMatchObject({ message: "/dev/null is a device, and no file." });
    project.write({ "mayfly.config.js": 'export default { include: ["odd/pipe.ts"] };' });
    expect(await errorOf(project)).toMatchObject({
      code: "MAYFLY_INCLUDE",
      message: "include names odd/pipe.ts, which is a named pipe: no package can hold it.",
    });
  });

  test.each([
    ["package.json", "MAYFLY_PACKAGE_JSON"],
    ["src/package.json", "MAYFLY_PACKAGE_JSON"],
    ["mayfly.profile.json", "MAYFLY_PROFILE"],
    ["mayfly.config.ts", "MAYFLY_CONFIG_LOAD"],
  ])("doesn't wait for a pipe called %s", async (name, code) => {
    using project = testProject({ "src/handler.ts": HANDLER });
    expect(spawnSync("sh", ["-c", 'rm -f "$1"; mkfifo "$1"', "sh", join(project.folder, name)]).status).toBe(0);
    expect(await errorOf(project)).toMatchObject({ code });
  });
});

describe.each([[[]], [["src/handler.ts"]]])("with the entries %j, a build", (entries) => {
  test.each([
    ["package.json", '{ "name": "x",\n', 2, 1, "the end"],
    ["package.json", '{ "name": "x" "y": 1 }', 1, 15, '"""'],
    ["package.json", "", 1, 1, "the end"],
    ["src/package.json", '{\n  "name" 1', 2, 10, '"1"'],
  ])("says where %s is broken: %j", async (name, text, line, column, found) => {
    using project = testProject({ "src/handler.ts": HANDLER, [name]: text });
    expect(await errorOf(project, ...entries)).toMatchObject({
      code: "MAYFLY_PACKAGE_JSON",
      message: `${join(project.folder, name)} is not valid JSON.`,
      problems: [{ file: join(project.folder, name), line, column, message: `Expected JSON but found ${found}` }],
    });
  });

  test.each([
    ['{\n "compilerOptions" {} }', 2],
    ['{ "compilerOptions": {\n', 2],
    ['{ "compilerOptions": { "target": 5 } }', 1],
  ])("says where tsconfig.json is broken: %j", async (text, line) => {
    using project = testProject({ "src/handler.ts": HANDLER, "tsconfig.json": text });
    expect(await errorOf(project, ...entries)).toMatchObject({
      code: "MAYFLY_TSCONFIG",
      problems: [{ file: join(project.folder, "tsconfig.json"), line, column: expect.any(Number) }],
    });
  });
});

test("a build says where the package.json of an installed package, or beside a module, is broken", async () => {
  using project = testProject({
    "src/handler.ts": 'import "a"; export const handle = () => 1;',
    "node_modules/a/package.json": '{ "main": }',
    "node_modules/a/index.js": "",
  });
  const [path, hint] = [join(project.folder, "node_modules/a/package.json"), 'Expected JSON but found "}"'];
  expect(await errorOf(project)).toMatchObject({
    code: "MAYFLY_UNRESOLVED_IMPORT",
    problems: [
      { message: expect.stringContaining("its package.json"), hint: expect.stringContaining(`${path}:1:11  ${hint}`) },
    ],
  });
  project.write({
    "src/handler.ts": 'import "../lib/a.ts"; export const handle = () => 1;',
    "lib/a.ts": "",
    "lib/package.json": "{ 1 }",
  });
  expect(await errorOf(project)).toMatchObject({
    code: "MAYFLY_UNRESOLVED_IMPORT",
    problems: [
      { message: expect.stringContaining("package.json"), hint: expect.stringContaining("lib/package.json:1:3") },
    ],
  });
});
