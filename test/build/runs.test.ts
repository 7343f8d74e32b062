import { cpSync, mkdirSync, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { invokePackage } from "../support/invoke-package.ts";
import { type TestProject, testProject } from "./test-project.ts";

describe("what was built, when it runs,", () => {
  test("answers for each of its handlers by the strings that the build named", async () => {
    using project = testProject({
      "src/users.ts": `export const api = { list: () => ["a"], "create-one": async () => "made" };\n`,
      "src/legacy.js": `exports.handler = async (event) => ({ event });\n`,
      "src/deep/users.ts": `import { ok } from "mayfly";\nexport default () => ok("deep");\n`,
      "src/orders.ts": `
        class Orders { #all = ["b"]; list() { return this.#all; } static count() { return 1; } }
        export const orders = new Orders();
        export { Orders };`,
    });
    const built = await build(project, "src/users.ts", "src/legacy.js", "src/deep/users.ts", "src/orders.ts");
    expect(built.handlers.map(({ handler }) => handler)).toEqual([
      "deep/users.default",
      "legacy.handler",
      "orders.Orders.count",
      "orders.orders.list",
      "src/users.api.create-one",
      "src/users.api.list",
    ]);
    const answers = [];
    for (const { handler } of built.handlers) answers.push(await invokePackage(built.folder, handler, 7));
    expect(answers).toEqual(["deep", { event: 7 }, 1, ["b"], "made", ["a"]]);
  });

  test("follows the project's tsconfig, down to the entry itself", async () => {
    using project = testProject({
      "tsconfig.json": `{ "compilerOptions": {
        "jsx": "react-jsx", "jsxImportSource": "tags", "experimentalDecorators": true, "paths": { "@lib/*": ["./src/lib/*"] }
      } }`,
      "node_modules/tags/package.json": `{ "name": "tags", "type": "module", "exports": { "./jsx-runtime": "./tags.js" } }`,
      "node_modules/tags/tags.js": "export const jsx = (tag, props) => ({ tag, ...props });\n",
      "src/page.tsx": `
        import { title } from "@lib/title";
        const seen: string[] = [];
        const note = (_target: object, key: string) => void seen.push(key);
        class Page { @note render() {} }
        export const handle = () => [<h1 id="top">{title}</h1>, seen, Page.name];`,
      "src/lib/title.ts": `export const title = "Title";\n`,
    });
    const built = await build(project, "src/page.tsx");
    expect(await invokePackage(built.folder, "page.handle", null)).toEqual([
      { tag: "h1", id: "top", children: "Title" },
      ["render"],
      "Page",
    ]);
  });
});

describe("what was built into one package, when it runs,", () => {
  let project: TestProject;
  let built: Built;
  beforeAll(async () => {
    project = testProject({
      "src/facts.ts": `
        import { dirname, filename } from "./legacy.cjs";
        class TheClass {}
        function theFunction() {}
        export const handle = () => ({
          environment: process.env.NODE_ENV,
          dirname: dirname.replace(process.env.LAMBDA_TASK_ROOT, "."),
          filename: filename.replace(process.cwd(), "."),
          names: [TheClass.name, theFunction.name, new (class Inner extends Error {})().constructor.name],
        });`,
      "src/legacy.cjs": `exports.dirname = __dirname;\nexports.filename = __filename;\n`,
      "src/throws.ts": `type Event = { name: string };\n\nexport function handle(event: Event): never {\n  throw new RangeError(event.name);\n}\n`,
      "src/good.ts": "export const handle = () => 1;\n",
      "src/bad.ts": `import "./worse.ts";\nexport const handle = () => 2;\nthrow new Error("evaluated");\n`,
      "src/worse.ts": `throw new Error("evaluated too");\n`,
      "src/external.ts": `import { answer } from "provided";\nexport const handle = () => answer;\n`,
      "layer/node_modules/provided/package.json": `{ "name": "provided", "type": "module", "main": "index.js" }`,
      "layer/node_modules/provided/index.js": "export const answer = 42;\n",
      "src/externals.ts": `
        import { from as byExports } from "exporting";
        import { from as byMain } from "@scope/main";
        import { from as bySubpath } from "exporting/sub";
        export const handle = () => [byExports, byMain, bySubpath];`,
      "layer/node_modules/exporting/package.json": `{ "exports": { ".": { "import": "./lib/esm.mjs" }, "./sub": "./lib/sub.mjs" } }`,
      "layer/node_modules/exporting/lib/esm.mjs": `export const from = "exports";\n`,
      "layer/node_modules/exporting/lib/sub.mjs": `export const from = "subpath";\n`,
      "layer/node_modules/@scope/main/package.json": `{ "main": "lib/main.cjs" }`,
      "layer/node_modules/@scope/main/lib/main.cjs": `exports.from = "main";\n`,
      "src/asset.ts": `import path from "./words.txt" with { type: "file" };\nimport { readFileSync } from "node:fs";\nexport const handle = () => readFileSync(path, "utf8");\n`,
      "src/words.txt": "some words",
      "src/native.ts": `import native from "./add-on.node";\nexport const handle = () => typeof native.transform;\n`,
    });
    const host = `lightningcss-${process.platform}-${process.arch}${process.platform === "linux" ? "-gnu" : ""}`;
    const file = `lightningcss.${host.slice("lightningcss-".length)}.node`;
    cpSync(resolve("node_modules", host, file), join(project.folder, "src/add-on.node"));
    const entries = ["facts", "throws", "good", "bad", "external", "externals", "asset", "native"];
    const externals = ["provided", "exporting", "@scope/main"].flatMap((name) => ["--external", name]);
    built = await build(project, ...entries.map((name) => `src/${name}.ts`), ...externals);
  });
  afterAll(() => project[Symbol.dispose]());

  test("has production's NODE_ENV, the module's place below it as __dirname, and the names of classes", async () => {
    expect(await invokePackage(built.folder, "facts.handle", null)).toEqual({
      environment: "production",
      dirname: "./src",
      filename: "./src/legacy.cjs",
      names: ["TheClass", "theFunction", "Inner"],
    });
  });

  test("says TypeScript's file, line and column in a stack", async () => {
    const failure = await invokePackage(built.folder, "throws.handle", { name: "far" });
    expect(failure).toMatchObject({ errorType: "RangeError", errorMessage: "far" });
    expect(failure).toHaveProperty("stackTrace.0", expect.stringContaining("src/throws.ts:4:"));
  });

  test("evaluates only the module of its handler", async () => {
    expect(await invokePackage(built.folder, "good.handle", null)).toBe(1);
  });

  test("finds an external package in node_modules beside it, and reports it when it is missing", async () => {
    expect(await invokePackage(built.folder, "external.handle", null)).toMatchObject({
      errorType: "Runtime.ImportModuleError",
      errorMessage: expect.stringContaining("provided"),
    });
    cpSync(join(project.folder, "layer"), built.folder, { recursive: true });
    expect(await invokePackage(built.folder, "external.handle", null)).toBe(42);
  });

  test("follows an external package's own package.json to its files", async () => {
    cpSync(join(project.folder, "layer"), built.folder, { recursive: true });
    expect(await invokePackage(built.folder, "externals.handle", null)).toEqual(["exports", "main", "subpath"]);
  });

  test("carries files that were imported as files", async () => {
    expect(await invokePackage(built.folder, "asset.handle", null)).toBe("some words");
  });

  test("runs a native add-on that was built for this machine", async () => {
    expect(existsSync(join(built.folder, "src/add-on.node"))).toBe(true);
    expect(await invokePackage(built.folder, "native.handle", null)).toBe("function");
  });
});

interface Built {
  /** Holds `bootstrap`. */
  readonly folder: string;
  readonly handlers: readonly { readonly handler: string }[];
}

async function build(project: TestProject, ...args: string[]): Promise<Built> {
  const folder = join(project.folder, "package");
  mkdirSync(folder);
  const { stdout } = await project.mayfly(["build", ...args, "-o", folder, "--host", "--json"]);
  const result: { handlers?: Built["handlers"] } = JSON.parse(stdout);
  expect(result).toHaveProperty("handlers");
  return { folder, handlers: result.handlers ?? [] };
}
