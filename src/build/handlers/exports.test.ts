import { describe, expect, test } from "vitest";
import { readExports } from "./exports.ts";

const handlersOf = (code: string): readonly string[] => readExports(code).handlers;

describe("handlers read from a module's code", () => {
  test("are exported functions of every kind", () => {
    const code = `
      function plain() {}
      async function waits() {}
      async function* streams() {}
      const arrow = () => 1;
      const expression = function () {};
      export { plain, waits, streams, arrow, expression, arrow as renamed, plain as default };`;
    expect(handlersOf(code)).toEqual(["arrow", "default", "expression", "plain", "renamed", "streams", "waits"]);
  });

  test("are functions inside exported objects, by their path", () => {
    const code = `
      const list = () => [];
      const api = { users: { list, get: async () => 1, limit: 10 }, "with-dash"() {}, version: "1" };
      const frozen = Object.freeze({ run() {} });
      export { api, frozen };`;
    expect(handlersOf(code)).toEqual(["api.users.get", "api.users.list", "api.with-dash", "frozen.run"]);
  });

  test("are objects with fetch, as web frameworks export them", () => {
    expect(handlersOf(`var app = { async fetch(request) {} , port: 3000 }; export { app as default };`)).toEqual([
      "default",
    ]);
    expect(handlersOf(`var app = new Hono(); export { app as default };`)).toEqual(["default"]);
  });

  test("are functions and objects with fetch that Object.assign made", () => {
    const code = `
      const answer = (request) => new Response();
      const app = Object.assign(answer, { fetch: answer });
      const more = Object.assign({}, defaults, { fetch: answer });
      const data = Object.assign({}, { limit: 5 });
      export { app, more as api, data };`;
    expect(readExports(code)).toMatchObject({ handlers: ["api", "app"], possible: ["data"] });
    expect(
      handlersOf(`const run = () => 1; var made = Object.assign(run, { retries: 2 }); export { made as default };`),
    ).toEqual(["default"]);
  });

  test("are an app and a server among functions, unless another name tells which it is", () => {
    const code = (more: string): string => `
      var app = express(), server = createServer(), limits = new Map();
      function shutDown() {}
      ${more}
      export { app, limits, server, shutDown };`;
    expect(handlersOf(code(""))).toEqual(["app", "server", "shutDown"]);
    expect(handlersOf(code("var handler = handle(app); export { handler };"))).toEqual(["handler", "shutDown"]);
  });

  test("leave out classes, literals, data and enums", () => {
    const code = `
      class Custom extends Error {}
      const number = 5, text = "x", list = [() => 1], template = \`a\`, nothing = undefined;
      const settings = { retries: 3, names: ["a"] };
      var Color;
      ((Color) => { Color[Color["Red"] = 0] = "Red"; })(Color ||= {});
      const handle = () => 1;
      export { Custom, number, text, list, template, nothing, settings, Color, handle };`;
    expect(handlersOf(code)).toEqual(["handle"]);
  });

  test("are what Mayfly's handler() made, under any local name, and not the schema beside it", () => {
    const code = `
      import { handler as checked } from "mayfly";
      import * as mayfly from "mayfly";
      import { z } from "zod";
      const schema = z.object({});
      const create = checked({ event: schema }, (event) => event);
      const remove = mayfly.handler({ event: schema }, (event) => event);
      export { schema, create, remove };`;
    expect(handlersOf(code)).toEqual(["create", "remove"]);
  });

  test("are what tumblingWindow and awslambda.streamifyResponse give", () => {
    const code = `
      import { tumblingWindow } from "mayfly";
      const totals = tumblingWindow({ initial: {}, add: (state) => state });
      const page = awslambda.streamifyResponse(async (event, stream) => stream.end());
      const plain = () => 1;
      export { totals, page, plain };`;
    expect(handlersOf(code)).toEqual(["page", "plain", "totals"]);
  });

  test("are wrapped functions when their name says so or nothing is surer", () => {
    const wrapped = `
      import middy from "@middy/core";
      async function base() {}
      const handler = middy(base).use({});
      const memo = cache(() => 1);`;
    expect(handlersOf(`${wrapped} export { handler, memo };`)).toEqual(["handler"]);
    expect(handlersOf(`${wrapped} export { memo };`)).toEqual(["memo"]);
    expect(handlersOf(`${wrapped} const bound = base.bind(null); export { bound, memo };`)).toEqual(["bound"]);
  });

  test("are possible where reading can't tell, and impossible where it can", () => {
    const code = `
      const handler = () => 1;
      const made = make(), service = new Service(), table = { get: make(), limit: 5 }, spread = { ...made };
      const number = 5;
      class Custom {}
      export { handler, made, service, table, spread, number, Custom };`;
    expect(readExports(code)).toEqual({
      handlers: ["handler"],
      possible: ["made", "service", "spread", "table.get"],
      classes: [{ name: "Custom", methods: [] }],
      open: false,
    });
  });

  test("are seen through assignments, conditions and names of names", () => {
    const code = `
      let late;
      late = async () => 1;
      const alias = late;
      const either = process.env.X ? () => 1 : undefined;
      export { late, alias, either };`;
    expect(handlersOf(code)).toEqual(["alias", "either", "late"]);
  });

  test("are the methods of an instance, and static ones, where nothing is surer", () => {
    const code = `
      class Base { inherited() {} get data() { return 1; } }
      class Api extends Base { constructor() { super(); } list() {} get = () => 1; _own() {} #own() {} static ping() {} limit = 5; }
      const api = new Api(), run = () => 1;`;
    expect(handlersOf(`${code} export { api };`)).toEqual(["api.get", "api.inherited", "api.list"]);
    expect(handlersOf(`${code} export { Api };`)).toEqual(["Api.ping"]);
    expect(readExports(`${code} export { api, Api, run };`)).toMatchObject({
      handlers: ["run"],
      possible: ["Api.ping", "api", "api.get", "api.inherited", "api.list"],
      classes: [{ name: "Api", methods: ["list", "get", "inherited"] }],
    });
  });

  test("are an instance itself that has fetch or listen, or whose class isn't shown", () => {
    expect(handlersOf(`class App { fetch() {} other() {} } const app = new App(); export { app };`)).toEqual(["app"]);
    expect(
      handlersOf(`import { Hono } from "hono"; class App extends Hono {} const api = new App(); export { api };`),
    ).toEqual(["api"]);
  });

  test("are those of a namespace that is exported as a whole", () => {
    const code = `
      var exports_users = {};
      var exports_users = __exportAll({ list: () => list, limit: () => limit });
      var list = () => [];
      var limit = 5;
      export { exports_users as users };`;
    expect(handlersOf(code)).toEqual(["users.list"]);
  });

  test("are those of CommonJS: exports.x, module.exports.x, and module.exports as object or function", () => {
    const commonJs = (body: string): string =>
      `var require_x = __commonJS(function (exports, module) { ${body} }); export default require_x();`;
    expect(handlersOf(commonJs(`exports.handler = async () => 1; exports.size = 3;`))).toEqual(["handler"]);
    expect(handlersOf(commonJs(`exports.handler = undefined; const f = () => 1; exports.handler = f;`))).toEqual([
      "handler",
    ]);
    expect(handlersOf(commonJs(`module.exports.run = function () {};`))).toEqual(["run"]);
    expect(handlersOf(commonJs(`const h = () => 1; module.exports = { handle: h, api: { list() {} } };`))).toEqual([
      "api.list",
      "handle",
    ]);
    expect(handlersOf(commonJs(`module.exports = async function () {};`))).toEqual(["default"]);
  });

  test("a name that stands for itself ends the search", () => {
    expect(handlersOf(`var a = b; var b = a; export { a };`)).toEqual([]);
  });

  test("a re-exported package leaves open which exports there are", () => {
    expect(readExports(`export * from "package";`)).toEqual({
      handlers: [],
      possible: [],
      classes: [],
      open: true,
    });
    expect(readExports(`const a = () => 1; export { a };`).open).toBe(false);
  });

  test("code with syntax that isn't known leaves everything open and says why", () => {
    expect(readExports("export @@;")).toEqual({
      handlers: [],
      possible: [],
      classes: [],
      open: true,
      problem: expect.stringMatching(/\(1:7\)/),
    });
  });
});
