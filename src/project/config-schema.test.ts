import { describe, expect, test } from "vitest";
import { checkConfig } from "./config-schema.ts";
import { suggest } from "../support/suggest.ts";

const problemsOf = (settings: Readonly<Record<string, unknown>>): readonly string[] =>
  checkConfig({ functions: { api: { entry: "src/api.ts", ...settings } } }).problems;

describe("a config", () => {
  test("gets Lambda's defaults for what it leaves out", () => {
    expect(checkConfig({ functions: { api: { entry: "src/api.ts" } } })).toEqual({
      problems: [],
      include: [],
      functions: [
        {
          name: "api",
          entry: "src/api.ts",
          handler: undefined,
          memory: 128,
          timeout: 3,
          arch: undefined,
          environment: {},
          url: false,
          web: undefined,
          include: [],
          stream: false,
        },
      ],
    });
  });

  test("keeps every setting that is sound", () => {
    const settings = {
      entry: "src/api.ts",
      handler: "api.handle",
      memory: 10_240,
      timeout: 900,
      arch: "arm64",
      environment: { TABLE: "users" },
      url: true,
    };
    expect(checkConfig({ functions: { api: settings } })).toEqual({
      problems: [],
      functions: [{ name: "api", ...settings, stream: false, web: undefined, include: [] }],
      include: [],
    });
  });

  test.each([
    [{ stream: true }, true],
    [{ stream: false }, false],
    [{}, false],
  ])("gives a URL that is %j", (url, stream) => {
    const { functions, problems } = checkConfig({ functions: { api: { entry: "src/api.ts", url } } });
    expect(problems).toEqual([]);
    expect(functions).toMatchObject([{ url: true, stream }]);
  });

  test.each([
    [{ memory: 127 }, "functions.api.memory: must be a whole number of MB from 128 to 10240, but it is 127"],
    [{ memory: "512" }, 'functions.api.memory: must be a whole number of MB from 128 to 10240, but it is "512"'],
    [{ timeout: 901 }, "functions.api.timeout: must be a whole number of seconds from 1 to 900, but it is 901"],
    [{ timeout: 0.5 }, "functions.api.timeout: must be a whole number of seconds from 1 to 900, but it is 0.5"],
    [{ arch: "x64" }, 'functions.api.arch: must be "x86_64" or "arm64", but it is "x64"'],
    [{ url: 1 }, "functions.api.url: must be true, false or an object such as { stream: true }, but it is 1"],
    [{ url: { stream: "yes" } }, 'functions.api.url.stream: must be true or false, but it is "yes"'],
    [{ url: { streams: true } }, 'functions.api.url.streams: unknown; did you mean "stream"?'],
    [
      { handler: "Elixir.Api.handle", url: { stream: true } },
      "functions.api.url.stream: what an Elixir handler returns can't be streamed",
    ],
    [{ handler: "" }, 'functions.api.handler: must be a string that is not empty, but it is ""'],
    [{ entry: null }, "functions.api.entry: must be a string that is not empty, but it is null"],
    [{ memroy: 512 }, 'functions.api.memroy: unknown; did you mean "memory"?'],
    [
      { vpc: {} },
      "functions.api.vpc: unknown; known are entry, handler, memory, timeout, arch, environment, url, web, include",
    ],
    [{ environment: [] }, "functions.api.environment: must be an object of strings, but it is an array"],
    [{ environment: { PORT: 80 } }, 'functions.api.environment.PORT: must be a string, but it is 80: write "80"'],
    [
      { environment: { AWS_REGION: "x" } },
      "functions.api.environment.AWS_REGION: Lambda sets this variable itself; choose another name",
    ],
    [
      { environment: { "1ST": "x" } },
      "functions.api.environment.1ST: a variable's name is a letter, then at least one letter, digit or _",
    ],
    [
      { environment: { TEXT: "x".repeat(4093) } },
      "functions.api.environment: all names and values together are 4097 bytes; Lambda takes 4096",
    ],
  ])("with %j is told which key is wrong and how", (settings, problem) => {
    expect(problemsOf(settings)).toEqual([problem]);
  });

  test("may use all 4 KB of environment", () => {
    expect(problemsOf({ environment: { TEXT: "x".repeat(4092) } })).toEqual([]);
  });

  test("is told every mistake at once", () => {
    const { problems } = checkConfig({
      function: {},
      functions: { "bad name": { entry: "a.ts" }, empty: {}, text: "src/a.ts", buy: { handler: "Shop.order" } },
    });
    expect(problems).toEqual([
      'function: unknown; did you mean "functions"?',
      `functions."bad name": a function's name is 1 to 64 letters, digits, - and _`,
      'functions.empty.entry: is missing: the file with the handler, such as "src/empty.ts"',
      'functions.text: must be an object with at least "entry", but it is "src/a.ts"',
      'functions.buy.entry: is missing: the file with the handler, such as "src/buy.ts"; one in Elixir has the handler "Elixir.Shop.order"',
    ]);
  });

  test.each([[undefined], [null], ["text"], [[]], [() => 1]])("that is %s and no object is refused", (value) => {
    expect(checkConfig(value).problems).toHaveLength(1);
  });
});

describe("a suggestion", () => {
  test.each([
    ["memroy", "memory"],
    ["ENTRY", "entry"],
    ["env", undefined],
    ["completely-different", undefined],
  ])("for %s is %s", (word, expected) => {
    expect(suggest(word, ["entry", "memory", "environment", "timeout"])).toBe(expected);
  });
});

describe("a config with a server", () => {
  test("keeps what it says, a command as words", () => {
    const web = {
      command: "node  server.js",
      port: 8080,
      readyPath: "/health",
      startTimeout: 30,
      eventPath: "/events",
    };
    const include = ["public", { from: ".next/standalone", to: "." }, "!**/*.map"];
    expect(checkConfig({ functions: { site: { web, include } } })).toMatchObject({
      problems: [],
      functions: [
        {
          name: "site",
          entry: undefined,
          web: { ...web, command: ["node", "server.js"] },
          include: [
            { from: "public", to: undefined },
            { from: ".next/standalone", to: "." },
            { from: "!**/*.map", to: undefined },
          ],
        },
      ],
    });
  });

  test("at the top is one function named web", () => {
    expect(checkConfig({ web: {}, include: ["public"] })).toMatchObject({
      problems: [],
      include: [{ from: "public", to: undefined }],
      functions: [{ name: "web", memory: 128, timeout: 3, web: {} }],
    });
  });

  const server = (web: unknown): unknown => ({ functions: { site: { web } } });
  test.each([
    [server("node server.js"), "functions.site.web: must be an object such as"],
    [server({ comand: "node" }), 'functions.site.web.comand: unknown; did you mean "command"?'],
    [
      server({ command: "node a.js && node b.js" }),
      'web.command: is run without a shell: write a list of words, such as ["sh"',
    ],
    [server({ command: ["node", 1] }), "web.command: must be a list of words"],
    [server({ command: " " }), "web.command: must not be empty"],
    [server({ port: 0 }), "web.port: must be a whole number of a TCP port from 1 to 65535, but it is 0"],
    [
      server({ readyPath: "health" }),
      'web.readyPath: must be the path of a URL, such as "/health", but it is "health"',
    ],
    [server({ startTimeout: 0 }), "web.startTimeout: must be a whole number of seconds from 1 to 900"],
    [
      { functions: { site: { entry: "a.ts", web: {} } } },
      "functions.site.entry: a function with web has a server in its place",
    ],
    [{ functions: { web: { web: {} } }, web: {} }, 'web: is the function "web", and functions has one of that name'],
    [{ include: "public" }, 'include: must be a list, such as ["public"], but it is "public"'],
    [{ include: [1] }, "include[0]: must be a path or { from, to }, but it is 1"],
    [{ include: ["../secrets"] }, 'include[0]: "../secrets" must lie inside the project and the package'],
    [{ include: [{ from: "a", to: "/etc" }] }, 'include[0]: "/etc" must lie inside'],
    [{ include: [{ to: "a" }] }, "include[0].from: is missing"],
    [{ include: [{ from: "!a", to: "b" }] }, "include[0]: what is left out goes nowhere"],
  ])("%j is told what is wrong", (config, problem) => {
    expect(checkConfig(config).problems).toEqual([expect.stringContaining(problem)]);
  });
});
