import { describe, expect, test } from "vitest";
import { checkConfig } from "../../src/project/config-schema.ts";
import { suggest } from "../../src/project/suggest.ts";

const problemsOf = (settings: Readonly<Record<string, unknown>>): readonly string[] =>
  checkConfig({ functions: { api: { entry: "src/api.ts", ...settings } } }).problems;

describe("a config", () => {
  test("gets Lambda's defaults for what it leaves out", () => {
    expect(checkConfig({ functions: { api: { entry: "src/api.ts" } } })).toEqual({
      problems: [],
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
      functions: [{ name: "api", ...settings, stream: false }],
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
    [{ vpc: {} }, "functions.api.vpc: unknown; known are entry, handler, memory, timeout, arch, environment, url"],
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
      functions: { "bad name": { entry: "a.ts" }, empty: {}, text: "src/a.ts" },
    });
    expect(problems).toEqual([
      'function: unknown; did you mean "functions"?',
      "functions.bad name: a function's name is 1 to 64 letters, digits, - and _",
      'functions.empty.entry: is missing: the file with the handler, such as "src/empty.ts"',
      'functions.text: must be an object with at least "entry", but it is "src/a.ts"',
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
