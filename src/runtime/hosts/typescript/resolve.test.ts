import { describe, expect, test } from "vitest";
import { resolveHandler } from "./resolve.ts";
import type { ModuleTable } from "../exported.ts";

const loaded: string[] = [];
const module = (name: string, exports: object) => async (): Promise<unknown> => {
  loaded.push(name);
  return exports;
};

const rejected = Promise.reject(new RangeError("no database"));
rejected.catch(() => undefined);

const modules: ModuleTable = {
  "src/hello": module("src/hello", {
    handle: () => "hello",
    text: "not a function",
    Api: class {
      list(): void {}
    },
    app: {
      name: "the app",
      fetch(): string {
        return this.name;
      },
    },
    yoga: Object.assign((_request: unknown) => "called", { fetch: () => "fetched" }),
    retries: Object.assign((_event: unknown) => "called", { fetch: 3 }),
    server: { listen: () => "server" },
    express: Object.assign((_request: unknown, _response: unknown, _next: unknown) => undefined, {
      listen: () => "express",
    }),
    soon: Promise.resolve({ listen: () => "soon" }),
    never: rejected,
    nothing: null,
    api: {
      users: {
        list: () => "users",
        prefix: "p",
        prefixed(): string {
          return `${this.prefix}!`;
        },
      },
    },
  }),
  "src/orders/index": module("src/orders/index", { handle: () => "orders" }),
  "src/admin/hello.worker": module("src/admin/hello.worker", { run: () => "worker" }),
  "src/a/twin": module("src/a/twin", { handle: () => "a" }),
  "src/b/twin": module("src/b/twin", { handle: () => "b" }),
  legacy: module("legacy", { default: { handle: () => "legacy", named: () => "default" } }),
  "only-default": module("only-default", { default: () => "default" }),
  broken: async () => {
    throw new SyntaxError("unexpected end");
  },
};
const known = ["hello.handle", "src/a/twin.handle"];

async function call(setting: string): Promise<unknown> {
  const resolution = await resolveHandler(setting, modules, known);
  if (resolution.kind === "streamed") return resolution.handler.call({}, {}, {});
  if (resolution.kind === "app") return resolution.app.fetch(new Request("http://localhost/"), {}, {});
  if (resolution.kind === "server") return resolution.server.listen({ port: 0, host: "" });
  return resolution.kind === "handler" ? resolution.handler.call({}, {}, () => undefined) : resolution.document;
}

describe("a handler setting", () => {
  test.each([
    ["src/hello.handle", "hello"],
    ["./src/hello.handle", "hello"],
    ["/var/task/src/hello.handle", "hello"],
    ["hello.handle", "hello"],
    ["hello.api.users.list", "users"],
    ["orders.handle", "orders"],
    ["src/orders.handle", "orders"],
    ["src/orders/index.handle", "orders"],
    ["hello.worker.run", "worker"],
    ["admin/hello.worker.run", "worker"],
    ["src/b/twin.handle", "b"],
    ["legacy.handle", "legacy"],
    ["only-default.default", "default"],
    ["hello.server", "server"],
    ["hello.express", "express"],
    ["hello.soon", "soon"],
  ])("%s finds its function", async (setting, result) => {
    expect(await call(setting)).toBe(result);
  });

  test("finds an object with fetch, and calls it as its method", async () => {
    expect(await call("hello.app")).toBe("the app");
  });

  test("finds a function with fetch, and calls itself only where fetch is something else", async () => {
    expect(await call("hello.yoga")).toBe("fetched");
    expect(await call("hello.retries")).toBe("called");
  });

  test("keeps `this` for a method of an exported object", async () => {
    expect(await call("hello.api.users.prefixed")).toBe("p!");
  });

  test("evaluates the chosen module and no other", async () => {
    loaded.length = 0;
    await call("orders.handle");
    expect(loaded).toEqual(["src/orders/index"]);
  });
});

describe("a handler setting that finds nothing says why, and what there is:", () => {
  test.each([
    [
      "hello.handel",
      'there is no export "handel" in src/hello, which exports handle, text, Api, app, yoga, retries, server, express, soon, never, nothing, api',
    ],
    ["hello.text", '"text" is a string, not a function, in src/hello'],
    ["hello.Api", '"Api" is a class, to be exported as an instance, in src/hello'],
    ["hello.nothing", '"nothing" is null, not a function'],
    ["hello.api", '"api" is an object, not a function'],
    ["hello.api.users.nope", 'no export "api.users.nope"'],
    ["hello.constructor", 'no export "constructor"'],
    ["hello.toString", 'no export "toString"'],
    ["hello.handle.call", 'no export "handle.call"'],
    ["hello.handle.apply", 'no export "handle.apply"'],
    ["hello.handle.bind", 'no export "handle.bind"'],
    ["hello.api.users.list.call", 'no export "api.users.list.call"'],
    ["hello.soon.then", 'no export "soon.then"'],
    ["nowhere.handle", 'no module "nowhere" was built into this package'],
    ["twin.handle", '"twin" can be any of src/a/twin, src/b/twin: write the whole path'],
    ["Elixir.Hello.handle", "has no Elixir application in it"],
  ])("%s", async (setting, message) => {
    expect(await call(setting)).toMatchObject({
      errorType: "Runtime.HandlerNotFound",
      errorMessage: expect.stringContaining(message),
    });
    expect(await call(setting)).toHaveProperty(
      "errorMessage",
      expect.stringContaining("This package has: hello.handle, src/a/twin.handle."),
    );
  });

  test("Shop.order is told with the prefix that makes it an Elixir function", async () => {
    expect(await resolveHandler("Shop.order", modules, ["Elixir.Shop.order"])).toMatchObject({
      document: { errorMessage: expect.stringContaining("Did you mean Elixir.Shop.order?") },
    });
  });

  test.each(["hello", "hello.", ".handle", "../hello.handle", "a..b", "hello..handle"])(
    "%s is malformed",
    async (setting) => {
      expect(await call(setting)).toMatchObject({ errorType: "Runtime.MalformedHandlerName" });
    },
  );

  test("10,000 parts are malformed, and not all of them are told", async () => {
    const document = await call(`hello${".part".repeat(10_000)}`);
    expect(document).toMatchObject({ errorType: "Runtime.MalformedHandlerName" });
    expect(JSON.stringify(document).length).toBeLessThan(500);
  });
});

test("a method is called on its object, with all that it is given", async () => {
  const parameters = function (this: unknown, ...given: readonly unknown[]): unknown {
    return [this, ...given];
  };
  const api = { parameters };
  const resolution = await resolveHandler("own.api.parameters", { own: async () => ({ api }) }, known);
  if (resolution.kind !== "handler") throw new Error(resolution.kind);
  const callback = (): void => undefined;
  expect(resolution.handler.call(1, 2, callback)).toEqual([api, 1, 2, callback]);
  expect(resolution.handler.written).toBe(parameters);
});

test("a promise that is rejected is an initialization error", async () => {
  expect(await call("hello.never")).toMatchObject({
    errorType: "RangeError",
    errorMessage: "Initialization error: the promise of hello.never was rejected: no database",
  });
});

test("a module that fails to load is an initialization error of its own type", async () => {
  expect(await call("broken.handle")).toMatchObject({
    errorType: "SyntaxError",
    errorMessage: "Initialization error: loading broken failed: unexpected end",
  });
});
