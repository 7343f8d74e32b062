import { describe, expect, test } from "vitest";
import { handlerString, modulesMeant, wholeHandler } from "./handler-string.ts";
import type { Entry } from "../../project/types.ts";
import { resolveHandler } from "../../runtime/hosts/typescript/resolve.ts";

function entriesOf(...modules: string[]): readonly Entry[] {
  return modules.map((module) => ({ module, file: `/app/${module}.ts` }));
}

/** The string for export `handle` of each module. */
function strings(...modules: string[]): string[] {
  const entries = entriesOf(...modules);
  return entries.map((entry) => handlerString(entry, "handle", entries));
}

describe("a handler string", () => {
  test.each([
    [["src/hello"], ["hello.handle"]],
    [["src/index"], ["index.handle"]],
    [
      ["a/users", "b/users", "b/report"],
      ["a/users.handle", "b/users.handle", "report.handle"],
    ],
    [
      ["x/a/users", "x/b/users"],
      ["a/users.handle", "b/users.handle"],
    ],
    // "hello" alone is the one in the root, whose whole path it is.
    [
      ["hello", "src/hello"],
      ["hello.handle", "src/hello.handle"],
    ],
    [["src/hello.worker"], ["hello.worker.handle"]],
    [
      ["src/hello", "src/hello/index"],
      ["hello.handle", "index.handle"],
    ],
  ])("among %j is as short as it can be: %j", (modules, expected) => {
    expect(strings(...modules)).toEqual(expected);
  });

  test.each([
    ["src/hello", "hello.handle", "src/hello.handle"],
    ["src/hello", "src/hello.handle", "src/hello.handle"],
    ["src/api/index", "index.users.list", "src/api/index.users.list"],
    ["src/api/index", "api.handle", "src/api/index.handle"],
    ["src/hello.worker", "hello.worker.handle", "src/hello.worker.handle"],
  ])("of %s, %s, is in full %s", (module, handler, whole) => {
    expect(wholeHandler(handler, { module, file: `/app/${module}.ts` })).toBe(whole);
  });

  test("that could be in two files is refused", () => {
    const entries = entriesOf("src/hello", "src/hello.worker");
    const [hello] = entries;
    if (hello === undefined) throw new Error("no entry");
    expect(handlerString(hello, "handle", entries)).toBe("hello.handle");
    expect(() => handlerString(hello, "worker.handle", entries)).toThrowError(
      expect.objectContaining({ code: "MAYFLY_HANDLER_CLASH" }),
    );
  });

  test("means the same module to the build as to the runtime", async () => {
    const names = ["hello", "src/hello", "src/hello.worker", "a/users", "b/users", "src/app/index", "index"];
    const entries = entriesOf(...names);
    const table = Object.fromEntries(
      names.map((name) => [name, async () => ({ handle: () => name, worker: { handle: () => name } })]),
    );
    for (const setting of [...names, "users", "hello.worker", "src/app", "app/index"].map((name) => `${name}.handle`)) {
      const resolution = await resolveHandler(setting, table, []);
      const meant = modulesMeant(setting, entries);
      if (resolution.kind !== "handler" && resolution.kind !== "failed") throw new Error("no module here exports one");
      const byRuntime = resolution.kind === "handler" ? resolution.handler({}, {}) : resolution.document.errorMessage;
      if (meant.length === 1) expect(byRuntime).toBe(meant[0]?.module);
      else expect(byRuntime).toContain("can be any of");
    }
  });
});
