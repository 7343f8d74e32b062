import { beforeAll, describe, expect, test } from "vitest";
import { buildFixture } from "./build-fixture.ts";
import type { ScriptedRuntimeApi } from "./runtime-api.ts";
import type { RuntimeProcess } from "./runtime-process.ts";
import { runtimesOfEachTest } from "./runtimes.ts";

let bootstrap = "";
beforeAll(async () => {
  bootstrap = await buildFixture(["src/places.mjs", "src/unknown-names.mjs"]);
});

let api: ScriptedRuntimeApi;
const launch = runtimesOfEachTest((given) => {
  api = given;
});

const start = (handler: string, module = "places"): RuntimeProcess =>
  launch({ bootstrap, handler: `${module}.${handler}`, environment: { LAMBDA_TASK_ROOT: "/var/task" } });

const NAME = { name: "no-such-package" };
const ENGINES =
  /\$bunfs|mayfly\/src|~BUN|ResolveMessage|BuildMessage|DNSException|\[native code\]|"(?:sourceURL|referrer)/;

test("a module is where it would be in the package, however it asks", async () => {
  start("here");
  const url = "file:///var/task/src/places.mjs";
  expect((await api.invoke({})).json()).toEqual({
    direct: ["/var/task/src", "/var/task/src/places.mjs", url],
    taken: [url, ["dirname", "filename", "resolve"], true, url, "/var/task/src/places.mjs"],
    beside: "file:///var/task/src/data.json",
    resolved: ["file:///var/task/src/data.json", "node:fs", "node:fs", "https://example.com/a"],
    bundled: expect.stringMatching(/^\/zod\/.*\.m?js$/),
  });
});

test("what is imported by a name that is made up when it runs is looked for from there, and missed as in Node.js", async () => {
  start("lookUps");
  const importer = "imported from /var/task/src/places.mjs";
  const missed = (message: string, json: object = {}): unknown => ({
    name: "Error",
    message,
    code: "ERR_MODULE_NOT_FOUND",
    text: `Error: ${message}`,
    stack: expect.stringMatching(/^Error \[ERR_MODULE_NOT_FOUND\]: Cannot find .*\n {4}at \S+ \(src\//),
    inspected: expect.stringContaining("code: 'ERR_MODULE_NOT_FOUND'"),
    json: JSON.stringify({ code: "ERR_MODULE_NOT_FOUND", ...json }),
    own: expect.any(Array),
    of: "Error",
  });
  const missedFile = (path: string): unknown =>
    missed(`Cannot find module '${path}' ${importer}`, { url: `file://${path}` });
  expect((await api.invoke(NAME)).json()).toEqual([
    missed(`Cannot find package 'no-such-package' ${importer}`),
    missedFile("/var/task/src/no-such-package.js"),
    missedFile("/nowhere/no-such-package.js"),
    missed("Cannot find package 'no-such-package' imported from /var/task/src/call-sites.cjs"),
    missed(`Cannot find package 'no-such-package' ${importer}`),
    missed(`Cannot find package 'no-such-package' ${importer}`),
    { value: true },
    { value: 15 },
  ]);
});

test("what createRequire makes finds and misses as in Node.js, and knows of no place of the engine's", async () => {
  start("requires");
  const missed = (name: string, from: string): unknown =>
    expect.objectContaining({
      name: "Error",
      message: `Cannot find module '${name}'\nRequire stack:\n- ${from}`,
      code: "MODULE_NOT_FOUND",
      stack: expect.stringMatching(/^Error: Cannot find module .*\nRequire stack:\n- .*\n {4}at /),
    });
  expect((await api.invoke(NAME)).json()).toEqual({
    missed: [
      missed("no-such-package", "/var/task/src/places.mjs"),
      missed("./no-such-package.cjs", "/var/task/src/places.mjs"),
      missed("no-such-package", "/opt/nodejs/"),
      missed("no-such-package", "/var/task/src/call-sites.cjs"),
    ],
    found: [expect.stringMatching(/^\/zod\/.*\.c?js$/), "node:fs", "function"],
    caches: [[], [], []],
    main: [
      "undefined",
      "/var/runtime/index.mjs",
      ["/var/task/src/node_modules", "/var/task/node_modules", "/var/node_modules", "/node_modules"],
    ],
  });
});

test("a name that nobody has is missed as in Node.js, whoever looks it up", async () => {
  start("unknownNames", "unknown-names");
  const missed = (syscall: string, errno?: number): unknown => ({
    text: `Error: ${syscall} ENOTFOUND nobody.invalid`,
    code: "ENOTFOUND",
    ...(errno !== undefined && { errno }),
    syscall,
    hostname: "nobody.invalid",
    named: false,
    stack: expect.stringMatching(new RegExp(`^Error: ${syscall} ENOTFOUND nobody.invalid\n {4}at `)),
  });
  const system = missed("getaddrinfo", -3008);
  const answer = (await api.invoke({})).json();
  expect(answer).toEqual([system, system, missed("queryA", -3008), missed("queryMx", -3008), system, system]);
});

test("a module that can't be read is a SyntaxError", async () => {
  start("unreadable");
  expect((await api.invoke({})).json()).toMatchObject({
    name: "SyntaxError",
    of: "SyntaxError",
    text: expect.stringMatching(/^SyntaxError: ./),
    stack: expect.stringMatching(/^SyntaxError: .*\n {4}at \/.*bad\.cjs:2:3$/),
  });
});

test("frames that a library asks for their file name the place in the package", async () => {
  start("frames");
  const [own, caller] = (await api.invoke({})).json() as readonly unknown[];
  expect(own).toMatchObject({ file: "/var/task/src/call-sites.cjs", script: "/var/task/src/call-sites.cjs" });
  expect(caller).toEqual({
    file: "/var/task/src/places.mjs",
    script: "/var/task/src/places.mjs",
    text: expect.stringMatching(/src\/places\.mjs:\d+:\d+/),
  });
});

describe("where the engine has the program, and what it calls its errors, is in nothing", () => {
  test("that is returned or logged", async () => {
    const runtime = start("everything");
    const answer = await api.invoke(NAME);
    expect(answer.kind).toBe("response");
    expect(answer.body.toString()).not.toMatch(ENGINES);
    expect(runtime.lines.join("\n")).toMatch(/logged[^]*its cause[^]*traced/);
    expect(runtime.lines.join("\n")).not.toMatch(ENGINES);
    // Nor an excerpt of the compiled code.
    expect(runtime.lines.join("\n")).not.toMatch(/\d \| /);
  });

  test.each(["rejects", "throwsLater", "importsNothing"])("that is told of a failure: %s", async (handler) => {
    const runtime = start(handler);
    const answer = await api.invoke(NAME);
    expect(answer.kind).toBe("error");
    expect(`${answer.body.toString()}${JSON.stringify(answer.headers)}`).not.toMatch(ENGINES);
    await runtime.line("\tERROR\t");
    expect(runtime.lines.join("\n")).not.toMatch(ENGINES);
  });
});
