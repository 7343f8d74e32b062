import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { testProject, type TestProject } from "./test-project.ts";

interface Built {
  readonly artifacts: readonly { readonly beside: readonly string[] }[];
  readonly warnings: readonly string[];
}

async function build(project: TestProject, entry: string): Promise<Built> {
  const { stdout, stderr } = await project.mayfly(["build", entry, "--zip", "--host", "--json", "-o", "out"]);
  expect(stdout, stderr).toContain("artifacts");
  return JSON.parse(stdout);
}

async function invoke(project: TestProject, handler: string): Promise<unknown> {
  const args = ["invoke", "--zip", "out/lambda.zip", "--handler", handler, "-d", "{}"];
  const { stdout, stderr } = await project.mayfly(args);
  expect(stdout, stderr).not.toBe("");
  return JSON.parse(stdout);
}

/** What Node.js makes of it, uploaded as it is. */
function inNode(project: TestProject, file: string): unknown {
  const url = JSON.stringify(pathToFileURL(join(project.folder, file)).href);
  const script = `const { handle } = await import(${url}); process.stdout.write(JSON.stringify(await handle()));`;
  const environment = { ...process.env, LAMBDA_TASK_ROOT: project.folder };
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: project.folder,
    env: environment,
    encoding: "utf8",
  });
  expect(stdout, stderr).not.toBe("");
  return JSON.parse(stdout);
}

test("files that modules read are packed where they look for them, whichever way they say it", async () => {
  using project = testProject({
    "package.json": `{ "type": "module" }`,
    ".env": "SECRET=1",
    "top.txt": "top",
    "src/data/a.txt": "a",
    "src/data/b.json": `{ "b": 1 }`,
    "src/data/deep/c.txt": "c",
    "src/mail/en/hello.html": "<p>hello",
    "src/mail/de/hello.html": "<p>hallo",
    "src/mail/de/notes.md": "never asked for",
    "src/page.html": "<h1>page",
    "src/own/list.cjs": `
      const fs = require("fs"), path = require("path");
      exports.names = fs.readdirSync(__dirname).filter((name) => name.endsWith(".sql")).sort().map((name) => [name, fs.readFileSync(path.join(__dirname, name), "utf8")]);
      exports.here = fs.readFileSync(__dirname + "/one.sql", "utf8");
      const texts = (name, from = "x") => fs.readFileSync(path.join(__dirname, "texts", name + ".txt"), "utf8");
      exports.texts = [texts("first"), texts("second", "y")];
    `,
    "src/own/texts/first.txt": "first",
    "src/own/texts/second.txt": "second",
    "src/own/texts/never.txt": "never asked for",
    "src/own/one.sql": "select 1",
    "src/own/two.sql": "select 2",
    "node_modules/leaf/package.json": `{ "name": "leaf", "main": "lib/leaf.js", "version": "1.2.3" }`,
    "node_modules/leaf/lib/leaf.js": `
      "use strict";
      const { readFileSync } = require("node:fs");
      const path_1 = require("node:path");
      const root = (0, path_1.resolve)(__dirname, "..");
      exports.version = JSON.parse(readFileSync((0, path_1.join)(root, "package.json"), "utf8")).version;
      exports.font = () => readFileSync(\`\${__dirname}/fonts/\${exports.name ?? "plain"}.afm\`, "latin1");
    `,
    "node_modules/leaf/lib/fonts/plain.afm": "plain font",
    "node_modules/leaf/lib/fonts/bold.afm": "bold font",
    "node_modules/leaf/README.md": "nobody reads it",
    "src/a.js": `
      import { createReadStream, readFileSync } from "node:fs";
      import { readFile, readdir } from "node:fs/promises";
      import * as path from "node:path";
      import { fileURLToPath } from "node:url";
      import leaf from "leaf";
      import own from "./own/list.cjs";
      const here = path.dirname(fileURLToPath(import.meta.url));
      const data = new URL("./data/", import.meta.url);
      const read = (file) => readFileSync(file, "utf8");
      async function streamed() {
        let text = "";
        for await (const piece of createReadStream(new URL("../top.txt", import.meta.url))) text += piece;
        return text;
      }
      const letter = (language) => read(path.join(here, "mail", language, "hello.html"));
      export const handle = async () => ({
        page: read(path.resolve(here, "page.html")),
        a: read(new URL("a.txt", data)),
        b: JSON.parse(await readFile(import.meta.dirname + "/data/b.json", "utf8")),
        names: (await readdir(path.join(here, "data"))).toSorted(),
        top: [await streamed(), read("top.txt"), read(path.join(process.cwd(), "top.txt"))],
        letters: ["en", "de"].map(letter),
        leaf: [leaf.version, leaf.font()],
        own,
      });`,
  });
  const { artifacts, warnings } = await build(project, "src/a.js");
  expect(warnings).toEqual([]);
  expect(artifacts[0]?.beside).toEqual([
    "node_modules/leaf/lib/fonts/bold.afm",
    "node_modules/leaf/lib/fonts/plain.afm",
    "node_modules/leaf/package.json",
    "src/data/a.txt",
    "src/data/b.json",
    "src/data/deep/c.txt",
    "src/mail/de/hello.html",
    "src/mail/en/hello.html",
    "src/own/list.cjs",
    "src/own/one.sql",
    "src/own/texts/first.txt",
    "src/own/texts/second.txt",
    "src/own/two.sql",
    "src/page.html",
    "top.txt",
  ]);
  expect(await invoke(project, "a.handle")).toEqual(inNode(project, "src/a.js"));
});

test("a variable import or require of a fixed folder finds each module of it, once with the rest of the program", async () => {
  using project = testProject({
    "package.json": `{ "type": "module" }`,
    "src/count.js": `export const loaded = [];\n`,
    "src/steps/one.js": `import { loaded } from "../count.js";\nloaded.push("one");\nexport default "first";\n`,
    "src/steps/more/two.js": `import { loaded } from "../../count.js";\nloaded.push("two");\nexport default "second";\n`,
    "src/steps/one.test.js": `throw new Error("a test");\n`,
    "src/locales/en.json": `{ "hi": "hello" }`,
    "src/models/index.cjs": `
      const fs = require("fs"), path = require("path");
      const all = {};
      for (const file of fs.readdirSync(__dirname).filter((one) => /^[ug].*\\.cjs$/.test(one))) {
        const model = require(path.join(__dirname, file));
        all[model.name] = model.size;
      }
      exports.all = all;
      exports.driver = (name) => require("./drivers/" + name);
    `,
    "src/models/user.cjs": `exports.name = "user"; exports.size = 1;\n`,
    "src/models/group.cjs": `exports.name = "group"; exports.size = 2;\n`,
    "src/models/drivers/pg.cjs": `module.exports = "by its name";\n`,
    "src/models/drivers/mysql.js": `module.exports = "without extension";\n`,
    "src/models/drivers/sqlite/index.js": `module.exports = "a folder";\n`,
    "src/models/drivers/package.json": `{ "type": "commonjs" }`,
    "src/a.js": `
      import { loaded } from "./count.js";
      import models from "./models/index.cjs";
      const step = async (name) => (await import(\`./steps/\${name}.js\`)).default;
      const failing = (load) => load().then(() => "loaded", ({ code, message }) => [code, message.replaceAll(process.env.LAMBDA_TASK_ROOT, "")]);
      const missing = (name) => { try { return models.driver(name); } catch (error) { return error.code; } };
      export const handle = async () => ({
        steps: [await step("one"), await step("more/two"), await step("one")],
        loaded,
        greeting: (await import("./locales/" + "en" + ".json", { with: { type: "json" } })).default,
        other: (await import(new URL("./steps/" + ["one"][0] + ".js", import.meta.url))).default,
        models: models.all,
        drivers: ["pg.cjs", "mysql", "sqlite"].map(models.driver),
        missing: [missing("oracle"), await failing(() => step("three"))],
      });`,
  });
  const { warnings } = await build(project, "src/a.js");
  expect(warnings).toEqual([]);
  expect(await invoke(project, "a.handle")).toEqual(inNode(project, "src/a.js"));
});

test("TypeScript is imported by the name of what is made of it, and workers and children run apart from the program", async () => {
  using project = testProject({
    "package.json": `{ "type": "module" }`,
    "src/parts/one.ts": `export const part: string = "one";\n`,
    "src/double.ts": `export const double = (n: number): number => n * 2;\n`,
    "src/worker.ts": `
      import { readFileSync } from "node:fs";
      import { parentPort } from "node:worker_threads";
      import { double } from "./double.js";
      const unit = readFileSync(new URL("./unit.txt", import.meta.url), "utf8");
      parentPort?.on("message", (n: number) => parentPort?.postMessage(double(n) + unit));
    `,
    "src/unit.txt": " apples",
    "src/child.ts": `
      import { double } from "./double.js";
      const [, script = "", ...args] = process.argv;
      const told = { script: script.slice(script.lastIndexOf("/")), args, main: require.main === module };
      const say = (n: number) => ({ ...told, answer: double(n) });
      if (process.send === undefined) console.log(JSON.stringify(say(1)));
      else process.on("message", (n: number) => process.send?.(say(n)));
    `,
    "src/a.ts": `
      import { execFileSync, fork } from "node:child_process";
      import { once } from "node:events";
      import { join } from "node:path";
      import { Worker } from "node:worker_threads";
      export const handle = async () => {
        const name: string = "one";
        const { part } = await import(\`./parts/\${name}.js\`);
        const worker = new Worker(new URL("./worker.js", import.meta.url));
        worker.postMessage(21);
        const [answer] = await once(worker, "message");
        await worker.terminate();
        const child = fork(new URL("./child.js", import.meta.url), ["x"], { execArgv: ["--max-old-space-size=64"] });
        child.send(4);
        const [said] = await once(child, "message");
        child.disconnect();
        const [code] = await once(child, "exit");
        const run = String(execFileSync(process.execPath, [join(import.meta.dirname, "child.js"), "y"]));
        const printed = String(execFileSync(process.execPath, ["-e", "console.log(1 + 1)"]));
        return { part, answer, said, code, run: JSON.parse(run), printed };
      };`,
  });
  const { artifacts, warnings } = await build(project, "src/a.ts");
  expect(warnings).toEqual([]);
  expect(artifacts[0]?.beside).toEqual([
    "src/child.js",
    "src/child.ts",
    "src/unit.txt",
    "src/worker.js",
    "src/worker.ts",
  ]);
  expect(await invoke(project, "a.handle")).toEqual({
    part: "one",
    answer: "42 apples",
    said: { script: "/child.js", args: ["x"], main: true, answer: 8 },
    code: 0,
    run: { script: "/child.js", args: ["y"], main: true, answer: 2 },
    printed: "2\n",
  });
});

test("what can't be known is told with its line, of the project's own code", async () => {
  const reads = `
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
exports.any = (name) => readFileSync(join(__dirname, name));
exports.gone = () => readFileSync(join(__dirname, "gone.txt"));
exports.load = (name) => require(name);
exports.later = (name) => import(name);
exports.written = (name) => readFileSync(name);
exports.worker = () => new (require("node:worker_threads").Worker)("postMessage(1)", { eval: true });
`;
  using project = testProject({
    "node_modules/leaf/package.json": `{ "name": "leaf", "main": "leaf.js" }`,
    "node_modules/leaf/leaf.js": reads,
    "src/told.txt": "told",
    "src/a.js": `${reads}exports.leaf = require("leaf");\nconst told = (name) => readFileSync(join(__dirname, name));\nexports.some = (name) => [told("told.txt"), told(name)];\nexports.handle = () => {\n  return String(readFileSync(__dirname + "/gone.txt"));\n};\n`,
  });
  const { artifacts, warnings } = await build(project, "src/a.js");
  expect(artifacts[0]?.beside).toEqual(["src/told.txt"]);
  expect(warnings.toSorted()).toEqual([
    expect.stringMatching(/^src\/a\.js:11: what readFileSync is given here \(src\/\*\).*include of mayfly\.config/),
    expect.stringMatching(/^src\/a\.js:14: readFileSync is given src\/gone\.txt/),
    expect.stringMatching(/^src\/a\.js:4: what readFileSync is given here \(src\/\*\).*include of mayfly\.config/),
    expect.stringMatching(/^src\/a\.js:5: readFileSync is given src\/gone\.txt, which isn't there/),
    expect.stringMatching(/^src\/a\.js:6: what this require loads.*include/),
    expect.stringMatching(/^src\/a\.js:7: what this import\(\) loads.*include/),
  ]);
  const answer = await invoke(project, "a.handle");
  expect(answer).toMatchObject({
    errorMessage: expect.stringMatching(/^ENOENT.*src\/gone\.txt'.*include: \["src/s),
    stackTrace: [expect.stringContaining("src/a.js:14")],
  });
});

test("what a library requires by a name that it is told is in the program, if it can be meant and is installed", async () => {
  const driver = (name: string): Record<string, string> => ({
    [`node_modules/${name}/package.json`]: `{ "name": "${name}", "version": "1.0.0", "main": "index.js" }`,
    [`node_modules/${name}/index.js`]: `exports.driver = "${name}";\n`,
  });
  using project = testProject({
    "package.json": JSON.stringify({
      type: "module",
      dependencies: { orm: "1", post: "1", pretty: "1" },
      devDependencies: { tester: "1" },
    }),
    "node_modules/orm/package.json": JSON.stringify({
      name: "orm",
      version: "1.0.0",
      main: "orm.js",
      peerDependencies: { post: "*", my: "*", tester: "*" },
      peerDependenciesMeta: { post: { optional: true }, my: { optional: true }, tester: { optional: true } },
    }),
    "node_modules/orm/orm.js": `
      exports.load = (name) => { try { return require(name).driver; } catch (error) { return error.code; } };
      exports.later = async (name) => (await import(name)).driver;`,
    ...driver("post"),
    ...driver("tester"),
    ...driver("pretty"),
    "src/a.js": `
      import orm from "orm";
      const log = { target: "pretty" };
      export const handle = async () => [orm.load("post"), await orm.later("post"), orm.load(log.target), orm.load("my"), orm.load("tester")];`,
  });
  const { artifacts, warnings } = await build(project, "src/a.js");
  expect(warnings).toEqual([]);
  expect(artifacts[0]?.beside).toEqual([]);
  expect(await invoke(project, "a.handle")).toEqual(["post", "post", "pretty", "MODULE_NOT_FOUND", "MODULE_NOT_FOUND"]);
});

test("names that the engine has modules for as well name no file for what a worker is told", async () => {
  using project = testProject({
    "package.json": JSON.stringify({ type: "module", dependencies: { pool: "1", ws: "8", string_decoder: "1" } }),
    "node_modules/pool/package.json": `{ "name": "pool", "version": "1.0.0", "main": "pool.js" }`,
    "node_modules/pool/pool.js": `
      const path = require("node:path");
      const { Worker } = require("node:worker_threads");
      exports.run = (workerData) => new Promise((resolve, reject) => {
        const worker = new Worker(path.join(__dirname, "work.js"), { workerData });
        worker.once("message", resolve).once("error", reject);
      });`,
    "node_modules/pool/work.js": `
      const { parentPort, workerData } = require("node:worker_threads");
      parentPort.postMessage([typeof require(workerData[0]), typeof require(workerData[1]).StringDecoder]);`,
    "node_modules/ws/package.json": `{ "name": "ws", "version": "8.0.0", "main": "index.js" }`,
    "node_modules/ws/index.js": "module.exports = class WebSocket {};",
    "node_modules/string_decoder/package.json": `{ "name": "string_decoder", "version": "1.0.0", "main": "index.js" }`,
    "node_modules/string_decoder/index.js": "exports.StringDecoder = class StringDecoder {};",
    "src/a.js": `
      import { run } from "pool";
      export const handle = () => run(["ws", "string_decoder"]);`,
  });
  const { warnings } = await build(project, "src/a.js");
  expect(warnings).toEqual([]);
  expect(await invoke(project, "a.handle")).toEqual(["function", "function"]);
});
