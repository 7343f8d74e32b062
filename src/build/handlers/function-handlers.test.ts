import { describe, expect, test } from "vitest";
import type { Entry, ResolvedFunction } from "../../project/types.ts";
import { readExports } from "./exports.ts";
import { handlerOf } from "./function-handlers.ts";
import { handlerString } from "./handler-string.ts";

function entryOf(module: string): Entry {
  return { module, file: `/app/${module}.ts` };
}

/** What a function of the config gets for its handler, whose entry is the first of the modules, with this code in it. */
function handlerFor(handler: string, code: string, ...modules: readonly [string, ...string[]]): string {
  const entries = modules.map(entryOf);
  const [entry = entryOf("")] = entries;
  const { handlers, possible, classes, open } = readExports(code);
  const found = {
    handlers: handlers.map((exportPath) => ({ entry, exportPath, handler: handlerString(entry, exportPath, entries) })),
    possible: possible.map((exportPath) => ({ entry, exportPath })),
    classes: classes.map((one) => ({ ...one, entry })),
    open: open ? [entry] : [],
    warnings: [],
  };
  const one: ResolvedFunction = {
    name: "f",
    entry: { ...entry },
    handler,
    memory: 128,
    timeout: 3,
    arch: undefined,
    environment: {},
    url: false,
    stream: false,
    web: undefined,
    include: [],
  };
  return handlerOf(one, found, entries);
}

const refused = (code: string): unknown => expect.objectContaining({ code });

describe("the handler that a config names", () => {
  const FUNCTIONS = `const live = () => 1, api = { users: { list() {} } }; export { live, api };`;

  test.each([
    "live",
    "./live",
    "index.live",
    "api.live",
    "src/api.live",
    "src/api/index.live",
    "/var/task/src/api.live",
  ])("is an export of its entry by any of its names: %s", (handler) => {
    expect(handlerFor(handler, FUNCTIONS, "src/api/index")).toBe("index.live");
  });

  test.each(["api.users.list", "index.api.users.list", "api.api.users.list"])("may lie deep: %s", (handler) => {
    expect(handlerFor(handler, FUNCTIONS, "src/api/index")).toBe("index.api.users.list");
  });

  test.each(["other.live", "src/other.live", "api.hello.live", "liev", "/live", "..live", "live."])(
    "is refused when the runtime would not find it in the entry: %s",
    (handler) => {
      expect(() => handlerFor(handler, FUNCTIONS, "src/api/index")).toThrowError(refused("MAYFLY_HANDLER_NOT_FOUND"));
    },
  );

  test.each([
    ["app.handle", "src/shop.app.handle"],
    ["shop.app.handle", "src/shop.app.handle"],
    ["app", "shop.app"],
  ])("may be the method of an object that reading the code can't judge: %s", (handler, expected) => {
    expect(handlerFor(handler, "class App {} const app = new App(); export { app };", "src/shop")).toBe(expected);
  });

  test("may be a method of the default export, named as if the module exported it", () => {
    const code = "class App {} const app = new App(); function close() {} export { app as default, close };";
    expect(handlerFor("shop.receive", code, "src/shop")).toBe("src/shop.receive");
    expect(handlerFor("shop.default.receive", code, "src/shop")).toBe("src/shop.default.receive");
    expect(handlerFor("shop.close", code, "src/shop")).toBe("shop.close");
    expect(() => handlerFor("shop.clsoe", code, "src/shop")).toThrowError(refused("MAYFLY_HANDLER_NOT_FOUND"));
    expect(handlerFor("shop.run", `const x = { run() {} }; export { x as default };`, "src/shop")).toBe(
      "shop.default.run",
    );
  });

  test("is one that an exported class has, also beside a default export that may have it", () => {
    const code = "class App { static run() {} } const app = new App(); export { app as default, App };";
    expect(handlerFor("shop.App.run", code, "src/shop")).toBe("src/shop.App.run");
  });

  test("may lie in an app, which is a handler itself", () => {
    const code = "const app = { fetch() {}, receive() {}, jobs: { clean() {} } }; export { app as default };";
    expect(handlerFor("shop.default", code, "src/shop")).toBe("shop.default");
    expect(handlerFor("shop.receive", code, "src/shop")).toBe("src/shop.receive");
    expect(handlerFor("jobs.clean", code, "src/shop")).toBe("src/shop.jobs.clean");
  });

  test("is what the runtime takes the string for, where it could also be an export of that name", () => {
    const code = "class Users {} const users = new Users(), api = { users: { list() {} } }; export { users, api };";
    expect(handlerFor("api.users.list", code, "src/api/index")).toBe("src/api/index.users.list");
    expect(handlerFor("index.api.users.list", code, "src/api/index")).toBe("index.api.users.list");
  });

  test("of exports that can't all be seen is what is written, made to mean the entry", () => {
    const open = `export * from "package";`;
    expect(handlerFor("shop.list", open, "src/shop")).toBe("shop.list");
    expect(handlerFor("list", open, "src/shop")).toBe("src/shop.list");
    expect(handlerFor("users.list", open, "src/shop")).toBe("src/shop.users.list");
    expect(handlerFor("shop.list", open, "src/shop", "shop")).toBe("src/shop.list");
    expect(handlerFor("./Elixir.list", open, "Elixir")).toBe("./Elixir.list");
  });

  test("is refused when its whole path would run another file", () => {
    const code = "const worker = make(); const handle = () => 1; export { handle, worker };";
    expect(() => handlerFor("worker.run", code, "src/shop", "src/shop.worker")).toThrowError(
      refused("MAYFLY_HANDLER_CLASH"),
    );
  });

  test("has no name that a handler string can't carry", () => {
    expect(
      readExports(`const routes = { "/users": () => 1, "a.b"() {}, all() {} }; export { routes };`).handlers,
    ).toEqual(["routes.all"]);
  });
});

test("a class that a config names, or a method of its instances, is told as that", () => {
  const code = `class Api { list() {} static ping() {} }\nconst run = () => 1;\nexport { Api, run };`;
  for (const named of ["index.Api", "index.Api.list"])
    expect(() => handlerFor(named, code, "index")).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("const api = new Api();   // index.api.list") }),
    );
  expect(handlerFor("index.Api.ping", code, "index")).toBe("index.Api.ping");
});
