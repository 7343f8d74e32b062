import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { handlerString, modulesMeant, wholeHandler } from "./handler-string.ts";
import type { Entry } from "../../project/types.ts";
import type { ModuleTable } from "../../runtime/hosts/exported.ts";
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

  test("of a file in the root that is called like an Elixir module says that it is a file", () => {
    expect(strings("Elixir", "src/Elixir")).toEqual(["./Elixir.handle", "src/Elixir.handle"]);
  });

  test.each(["src/a..b", "src/.hidden", "src/a."])("is refused for %s, which none can name", (module) => {
    expect(() => strings(module)).toThrowError(expect.objectContaining({ code: "MAYFLY_HANDLER_NAME" }));
  });
});

/** Names that are alike, that have dots, and that are an index. */
const SEGMENT = fc.constantFrom("a", "b", "x", "index", "a.b", "x.handle", "index.a", "Elixir", "a..b", ".a", "b.");
const PATH = fc.array(SEGMENT, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));
const TREE = fc.uniqueArray(PATH, { minLength: 1, maxLength: 7 }).map((modules) => modules.toSorted());
const EXPORTS = ["handle", "b.handle", "index.a.handle", "api.users.list", "app.handle", "default"];

class App {
  readonly #result: string;
  constructor(result: string) {
    this.#result = result;
  }
  handle(): string {
    return this.#result;
  }
}

/** What is compiled in, each export answering with its module and its path. */
function tableOf(modules: readonly string[]): ModuleTable {
  return Object.fromEntries(
    modules.map((module) => {
      const answers = (path: string) => (): string => `${module} ${path}`;
      const namespace = {
        handle: answers("handle"),
        b: { handle: answers("b.handle") },
        index: { a: { handle: answers("index.a.handle") } },
        api: { users: { list: answers("api.users.list") } },
        app: new App(`${module} app.handle`),
        default: answers("default"),
      };
      return [module, async () => namespace];
    }),
  );
}

async function answer(setting: string, table: ModuleTable): Promise<unknown> {
  const resolution = await resolveHandler(setting, table, []);
  return resolution.kind === "handler" ? resolution.handler.call({}, {}, () => undefined) : resolution;
}

describe("for any project, build and runtime agree:", () => {
  test("a string that is printed for an export resolves to that export of that module", async () => {
    await fc.assert(
      fc.asyncProperty(TREE, async (modules) => {
        const entries = entriesOf(...modules);
        const table = tableOf(modules);
        for (const entry of entries) {
          for (const exportPath of EXPORTS) {
            const whole = `${entry.module}.${exportPath}`;
            let printed: string;
            try {
              printed = handlerString(entry, exportPath, entries);
            } catch (error) {
              expect(error).toHaveProperty("code", expect.stringMatching(/^MAYFLY_HANDLER_(?:CLASH|NAME)$/));
              // Only what the runtime can't be told either is refused.
              expect(await answer(`./${whole}`, table)).not.toBe(`${entry.module} ${exportPath}`);
              continue;
            }
            expect(await answer(printed, table)).toBe(`${entry.module} ${exportPath}`);
            expect(await resolveHandler(printed, table, [])).toHaveProperty("name", whole);
            expect(modulesMeant(printed, entries)).toEqual([entry]);
            expect(wholeHandler(printed, entry)).toBe(whole);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a setting means the same module, or none, or as many", async () => {
    const setting = fc
      .tuple(
        fc.constantFrom("", "./", "/var/task/", "/", "../"),
        PATH,
        fc.constantFrom(".", ""),
        fc.constantFrom(...EXPORTS, "a", "no.such"),
      )
      .map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(TREE, setting, async (modules, text) => {
        const entries = entriesOf(...modules);
        const resolution = await resolveHandler(text, tableOf(modules), []);
        const [meant, ...others] = modulesMeant(text, entries);
        const failure = resolution.kind === "failed" ? resolution.document.errorMessage : "";
        if (meant === undefined) {
          expect(failure).toMatch(/is not of the form|no module ".*" was built|names an Elixir function/);
        } else if (others.length > 0) {
          expect(failure).toContain(`can be any of ${[meant, ...others].map(({ module }) => module).join(", ")}:`);
        } else if (resolution.kind === "failed") {
          expect(failure).toContain(` in ${meant.module}, which exports`);
        } else {
          expect(resolution.name).toBe(wholeHandler(text, meant));
        }
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    [["a/x", "b/x/index"], "a/x", "handle", "x.handle"],
    [["a/x", "b/x/index"], "b/x/index", "handle", "index.handle"],
    [["src/api/index"], "src/api/index", "live", "index.live"],
    [["src/hello"], "src/hello", "api.users.list", "hello.api.users.list"],
    [["src/shop"], "src/shop", "app.handle", "shop.app.handle"],
  ])("of %j, %s exports %s: %s", (modules, module, exportPath, expected) => {
    const entries = entriesOf(...modules);
    const entry = entries.find((one) => one.module === module);
    if (entry === undefined) throw new Error("no entry");
    expect(handlerString(entry, exportPath, entries)).toBe(expected);
  });

  test.each(["api.live", "src/api.live", "./api.live", "/var/task/src/api.live", "src/api/index.live"])(
    "%s means src/api/index",
    (setting) => {
      const [entry] = entriesOf("src/api/index");
      if (entry === undefined) throw new Error("no entry");
      expect(modulesMeant(setting, [entry])).toEqual([entry]);
      expect(wholeHandler(setting, entry)).toBe("src/api/index.live");
    },
  );
});
