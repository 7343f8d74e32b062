import { execFile } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LocalLambda } from "../../src/local/local-lambda.ts";
import { engine } from "../local/support/engine.ts";
import { type TestProject, testProject } from "./test-project.ts";

const FILES = {
  "src/app.ts": `
    import { fromLegacy } from "legacy";
    import { fromAbove } from "above";
    import { strange } from "./strange.ts";
    import early from "./early.cjs";
    import text from "./text.js" with { type: "text" };

    type Path = string;
    const lines: Path = text
    require.resolve("./other.ts");
    // require.resolve("./other.ts")
    const quoted = 'require.resolve("./other.ts")';
    const failure = (resolve: () => unknown): unknown => {
      try {
        return resolve();
      } catch (error) {
        return error instanceof Error && "code" in error ? [error.code, error.message.split("\\n")[0]] : error;
      }
    };
    function shadowed(require: { resolve: (name: string) => string }): Path {
      return require.resolve("./other.ts");
    }
    export const handle = () => ({
      typed: require.resolve("./other.ts") as Path,
      casts: [
        (require as any).resolve("./other"),
        (<any>require).resolve("./other"),
        (require as unknown as { resolve(name: string): Path }).resolve("./other.ts"),
        require!.resolve("./other"),
      ],
      lines,
      quoted,
      shadowed: shadowed({ resolve: (name) => name + "!" }),
      builtins: [require.resolve("fs"), require.resolve("node:fs"), require.resolve("node:fs/promises")],
      missing: [failure(() => require.resolve("not-installed")), failure(() => require.resolve("./not-there.js"))],
      computed: failure(() => require.resolve(["./other", "ts"].join("."))),
      late: require.resolve("./late.json"),
      external: require.resolve("provided"),
      early,
      fromLegacy,
      fromAbove,
      strange,
      meta: [import.meta.dirname, import.meta.filename, import.meta.url, import.meta.path, import.meta.dir],
      asked: import.meta.resolve("./other.ts"),
    });`,
  "src/strange.ts": `export const strange: string = ((require as any) as any).resolve("./other");\n`,
  "src/other.ts": "export const other: number = 1;\n",
  "src/text.js": `require.resolve("./other.ts");`,
  "src/early.cjs": `exports.path = require.resolve("./other.ts");\nif (exports.path) return;\nexports.path = "too late";\n`,
  "node_modules/provided/package.json": `{ "main": "here.js" }`,
  "node_modules/provided/here.js": "",
  "node_modules/legacy/package.json": `{ "main": "lib/index.js" }`,
  "node_modules/legacy/lib/data.json": "{}",
  "node_modules/legacy/lib/index.js": `
    const { createHash } = require("crypto");
    const list = []
    exports.fromLegacy = {
      own: require.resolve("./data.json"),
      manifest: require
        .resolve('legacy/package.json'),
      template: require?.resolve(\`./data.json\`),
      options: (paths) => require.resolve("./data.json", { paths }),
      builtin: require.resolve("node:crypto"),
      folder: __dirname,
      file: __filename,
      hash: () => createHash("md5"),
    };`,
  "../node_modules/above/index.js": `exports.fromAbove = require.resolve("./deep/file.js");`,
  "../node_modules/above/deep/file.js": "",
};

const PLACES = ["one", "another/much/deeper/two"];

describe("require.resolve", () => {
  const projects: TestProject[] = [];
  /** By place and whether modules are deferred. */
  const hashes = new Map<string, string>();

  beforeAll(async () => {
    for (const place of PLACES) {
      const project = testProject(FILES, place);
      projects.push(project);
      for (const flags of [[], ["--no-defer"]]) {
        const outdir = join(project.folder, ["package", ...flags].join(""));
        mkdirSync(outdir);
        const args = ["build", "src/app.ts", "--host", "-o", outdir, "--external", "provided", "--json", ...flags];
        const { stdout } = await project.mayfly(args);
        const { artifacts }: { artifacts?: readonly { sha256: string }[] } = JSON.parse(stdout);
        hashes.set([place, ...flags].join(" "), artifacts?.[0]?.sha256 ?? stdout);
      }
    }
  });
  afterAll(() => {
    for (const project of projects) project[Symbol.dispose]();
  });

  test.each([[[]], [["--no-defer"]]])("makes the same bytes wherever the project lies, with %j", (flags) => {
    const [one, two] = PLACES.map((place) => hashes.get([place, ...flags].join(" ")));
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(two).toBe(one);
  });

  test.each(["package", "package--no-defer"])("leaves nothing of the builder's folder in %s", (folder) => {
    for (const project of projects) {
      const bootstrap = readFileSync(join(project.folder, folder, "bootstrap"));
      expect(bootstrap.includes(project.folder)).toBe(false);
    }
  });

  test.each(["package", "package--no-defer"])("tells the file's place in the package: %s", async (folder) => {
    const [project] = projects;
    if (project === undefined) throw new Error("nothing was built");
    project.write({ [`${folder}/node_modules/provided/index.js`]: "", [`${folder}/src/late.json`]: "{}" });
    const root = join(project.folder, folder);
    const answer = await invoke(root);
    const at = (path: string): unknown => expect.stringMatching(new RegExp(`^/.*(?<!/src)/${path}$`));
    expect(answer).toEqual({
      typed: at("src/other.ts"),
      casts: Array.from({ length: 4 }, () => at("src/other.ts")),
      strange: at("src/other.ts"),
      lines: FILES["src/text.js"],
      quoted: `require.resolve("./other.ts")`,
      shadowed: "./other.ts!",
      builtins: ["fs", "node:fs", "node:fs/promises"],
      missing: [
        ["MODULE_NOT_FOUND", "Cannot find module 'not-installed'"],
        ["MODULE_NOT_FOUND", "Cannot find module './not-there.js'"],
      ],
      computed: ["MODULE_NOT_FOUND", "Cannot find module './other.ts'"],
      late: at("src/late.json"),
      external: at("node_modules/provided/index.js"),
      early: { path: at("src/other.ts") },
      fromLegacy: {
        own: at("node_modules/legacy/lib/data.json"),
        manifest: at("node_modules/legacy/package.json"),
        template: at("node_modules/legacy/lib/data.json"),
        builtin: "node:crypto",
        folder: at("node_modules/legacy/lib"),
        file: at("node_modules/legacy/lib/index.js"),
      },
      fromAbove: at("node_modules/above/deep/file.js"),
      meta: expect.not.arrayContaining([expect.stringContaining(project.folder)]),
      asked: expect.not.stringContaining(project.folder),
    });
  });
});

test("a server's script has neither the builder's folder in it, and finds what lies beside it", async () => {
  const server = `
    import { fromLegacy } from "legacy";
    const { folder, file, options, hash, ...legacy } = fromLegacy;
    console.log(JSON.stringify([require.resolve("./other.ts"), __dirname, __filename, legacy]));`;
  const config = `export default { functions: { s: { web: { command: "node src/server.ts" } } } };`;
  using project = testProject({ ...FILES, "src/server.ts": server, "mayfly.config.ts": config }, "one");
  const { code, stderr } = await project.mayfly(["build", "--host", "-o", "package"]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const root = join(project.folder, "package");
  const script = join(root, "src/server.ts");
  expect(readFileSync(script, "utf8")).not.toContain(project.folder);
  const { stdout } = await promisify(execFile)(engine, [script], { env: { LAMBDA_TASK_ROOT: root } });
  const legacy = join(root, "node_modules/legacy");
  expect(JSON.parse(stdout)).toEqual([
    join(root, "src/other.ts"),
    join(root, "src"),
    script,
    {
      own: `${legacy}/lib/data.json`,
      manifest: `${legacy}/package.json`,
      template: `${legacy}/lib/data.json`,
      builtin: "node:crypto",
    },
  ]);
});

async function invoke(folder: string): Promise<unknown> {
  const lambda = await LocalLambda.start({ functions: { f: { package: folder, handler: "app.handle" } } });
  try {
    const { payload } = await lambda.invoke("f", Buffer.from("null"));
    return JSON.parse(payload.toString());
  } finally {
    await lambda.stop();
  }
}
