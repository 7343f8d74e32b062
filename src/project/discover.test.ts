import { relative } from "node:path";
import { describe, expect, test } from "vitest";
import { discoverEntries } from "./discover.ts";
import { testProject } from "../../test/build/test-project.ts";

/** Which of the files are found, when each holds the same. */
function discovered(...files: string[]): string[] {
  return discoveredIn(Object.fromEntries(files.map((file) => [file, "export const handle = () => 1;"])));
}

function discoveredIn(files: Readonly<Record<string, string>>): string[] {
  using project = testProject(files);
  return discoverEntries(project.folder).files.map((file) => relative(project.folder, file));
}

describe("without an entry, the build takes", () => {
  test.each([
    ["src/handler before src/index", ["src/index.ts", "src/handler.ts", "src/other.ts"], ["src/handler.ts"]],
    ["src/index among others", ["src/index.ts", "src/db.ts", "index.js"], ["src/index.ts"]],
    ["a file in the root with a telling name", ["lambda.mjs", "other.mjs"], ["lambda.mjs"]],
    ["TypeScript before JavaScript", ["src/main.js", "src/main.ts"], ["src/main.ts"]],
    [
      "every file of a folder for handlers, and the index of each folder in it",
      ["src/handlers/b.ts", "src/handlers/a.ts", "src/handlers/c/index.ts", "src/handlers/c/db.ts", "src/lib.ts"],
      ["src/handlers/a.ts", "src/handlers/b.ts", "src/handlers/c/index.ts"],
    ],
    ["the only source file in src", ["src/hello.ts", "scripts.ts"], ["src/hello.ts"]],
    ["the only source file in the root", ["hello.js"], ["hello.js"]],
    [
      "no test, declaration or config file",
      ["src/hello.ts", "src/hello.test.ts", "src/types.d.ts", "src/app.config.ts", "src/_draft.ts"],
      ["src/hello.ts"],
    ],
  ])("%s", (_, files, expected) => {
    expect(discovered(...files)).toEqual(expected);
  });

  test("what package.json calls source, before any convention", () => {
    const files = { "lib/app.ts": "", "src/index.ts": "", "package.json": '{"source":"lib/app.ts"}' };
    expect(discoveredIn(files)).toEqual(["lib/app.ts"]);
  });

  test("package.json's main when no convention fits, but nothing that isn't there", () => {
    const files = { "lib/app.js": "", "src/a.ts": "", "src/b.ts": "" };
    expect(discoveredIn({ ...files, "package.json": '{"main":"./lib/app.js"}' })).toEqual(["lib/app.js"]);
    expect(() => discoveredIn({ ...files, "package.json": '{"main":"./dist/app.js"}' })).toThrowError(
      expect.objectContaining({ code: "MAYFLY_NO_ENTRY" }),
    );
  });

  test("nothing when several files could be meant, and says what it looked for", () => {
    expect(() => discovered("src/a.ts", "src/b.ts")).toThrowError(
      expect.objectContaining({
        code: "MAYFLY_NO_ENTRY",
        hint: expect.stringMatching(/Looked for:[\s\S]*src\/handlers[\s\S]*mayfly build .*src\/a\.ts/),
      }),
    );
  });

  test("nothing from a package.json that can't be read", () => {
    expect(() => discoveredIn({ "package.json": "{" })).toThrowError(
      expect.objectContaining({ code: "MAYFLY_PACKAGE_JSON" }),
    );
  });
});
