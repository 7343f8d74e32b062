import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { unzip } from "../../src/local/package/unzip.ts";
import { testProject, type TestProject } from "./test-project.ts";

const HANDLER = { "src/handler.ts": "export const handle = () => 1;\n" };

function config(value: unknown): Readonly<Record<string, string>> {
  return { "mayfly.config.js": `export default ${JSON.stringify(value)};` };
}

/** Builds the same files beside a bootstrap; returns where. */
async function placed(project: TestProject): Promise<string> {
  const { code, stderr } = await project.mayfly(["build", "--host", "--outdir", "out"]);
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("error")]);
  return join(project.folder, "out");
}

/** Builds the zip and unpacks it; returns where. */
async function packed(project: TestProject): Promise<string> {
  const { code, stderr } = await project.mayfly(["build", "--zip", "--host", "--outdir", "out"]);
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("error")]);
  const into = join(project.folder, "unpacked");
  project.write({ "unpacked/.keep": "" });
  await unzip(join(project.folder, "out/lambda.zip"), into);
  return into;
}

async function failure(project: TestProject, flags: readonly string[] = ["--zip"]): Promise<string> {
  const { code, stderr } = await project.mayfly(["build", "--host", ...flags]);
  expect(code).toBe(1);
  return stderr;
}

describe("include", () => {
  test("packs files, folders and patterns where they are said to go, with modes and links", async () => {
    using project = testProject({
      ...HANDLER,
      ...config({
        include: [
          "data.json",
          "public",
          { from: "made/by/tool", to: "." },
          { from: "made/**/*.txt", to: "texts" },
          "!**/*.map",
        ],
      }),
      "data.json": "{}",
      "public/a.html": "<p>",
      "public/a.js.map": "{}",
      "made/by/tool/server": "#!/bin/sh\n",
      "made/by/tool/node_modules/store/x/index.js": "x",
      "made/notes/deep/n.txt": "n",
      "elsewhere/shared/s.js": "s",
    });
    chmodSync(join(project.folder, "made/by/tool/server"), 0o755);
    symlinkSync("store/x", join(project.folder, "made/by/tool/node_modules/x"));
    symlinkSync("../../elsewhere/shared", join(project.folder, "made/by/shared"));
    symlinkSync("../../../elsewhere/shared", join(project.folder, "made/by/tool/shared"));
    const folder = await packed(project);
    const text = (path: string): string => readFileSync(join(folder, path), "utf8");
    expect([text("data.json"), text("public/a.html"), text("texts/notes/deep/n.txt")]).toEqual(["{}", "<p>", "n"]);
    expect(existsSync(join(folder, "public/a.js.map"))).toBe(false);
    expect(lstatSync(join(folder, "server")).mode & 0o111).not.toBe(0);
    expect(lstatSync(join(folder, "data.json")).mode & 0o111).toBe(0);
    expect(readlinkSync(join(folder, "node_modules/x"))).toBe("store/x");
    expect(text("node_modules/x/index.js")).toBe("x");
    // What it points to is not in the package: it comes along in the link's place.
    expect(lstatSync(join(folder, "shared")).isSymbolicLink()).toBe(false);
    expect(text("shared/s.js")).toBe("s");
  });

  test("leaves out a folder that is named, and what lies behind a link", async () => {
    using project = testProject({
      ...HANDLER,
      ...config({ include: ["public", "!public/private", "!./public/notes.txt", "!**/drafts/", "!**/*.map"] }),
      "public/a.html": "<p>",
      "public/notes.txt": "n",
      "public/private/deep/key.pem": "secret",
      "elsewhere/b.html": "<b>",
      "elsewhere/b.js.map": "{}",
      "elsewhere/drafts/c.html": "<i>",
    });
    symlinkSync("../elsewhere", join(project.folder, "public/linked"));
    const folder = await placed(project);
    expect(new Set(readdirSync(join(folder, "public"), { recursive: true, encoding: "utf8" }))).toEqual(
      new Set(["a.html", "linked", "linked/b.html"]),
    );
  });

  test("packs the whole project, and no earlier package with it", async () => {
    using project = testProject({ ...HANDLER, ...config({ include: [".", "!node_modules", "!dist"] }) });
    project.write({ "lambda.zip": "an earlier one", bootstrap: "an earlier one", "dist/a.txt": "a" });
    expect((await project.mayfly(["build", "--host", "--zip"])).code).toBe(0);
    const into = join(project.folder, "unpacked");
    project.write({ "unpacked/.keep": "" });
    await unzip(join(project.folder, "lambda.zip"), into);
    const packedFiles = readdirSync(into);
    expect(packedFiles).toContain("mayfly.config.js");
    expect(packedFiles).not.toContain("lambda.zip");
    expect(packedFiles).not.toContain("dist");
  });

  test("puts the same files beside a bootstrap without a zip, again and again", async () => {
    using project = testProject({ ...HANDLER, ...config({ include: ["public"] }), "public/a.html": "<p>" });
    for (const content of ["<p>", "<b>"]) {
      project.write({ "public/a.html": content });
      expect((await project.mayfly(["build", "--host", "--outdir", "out"])).code).toBe(0);
      expect(readFileSync(join(project.folder, "out/public/a.html"), "utf8")).toBe(content);
    }
    // In the project itself they are where they belong.
    expect((await project.mayfly(["build", "--host"])).code).toBe(0);
  });

  test("counts for Lambda's limits", async () => {
    using project = testProject({ ...HANDLER, ...config({ include: ["big"] }), "big/a.bin": "0".repeat(200_000_000) });
    expect(await failure(project)).toContain("MAYFLY_TOO_LARGE");
  });

  test.each([
    [
      "a path that is not there",
      { include: [".next/standalone"] },
      "include names .next/standalone, and there is nothing such",
    ],
    ["a pattern without a match", { include: ["*.tmpl"] }, "include names *.tmpl"],
    ["two files of one name", { include: ["data.json", { from: "other/data.json", to: "." }] }, "MAYFLY_INCLUDE"],
    ["what would replace the runtime", { include: [{ from: "other/bootstrap", to: "." }] }, "that is the runtime"],
    [
      "what would need bootstrap to be a folder",
      { include: [{ from: "data.json", to: "bootstrap" }] },
      "data.json can't be bootstrap/data.json in the package: that is inside of bootstrap, a file (the runtime)",
    ],
    [
      "a file in the place of another's folder",
      {
        include: [
          { from: "data.json", to: "a" },
          { from: "data.json", to: "a/deep" },
          { from: "other/data.json", to: "a/data.json" },
        ],
      },
      "other/data.json can't be a/data.json/data.json in the package: that is inside of a/data.json, a file",
    ],
    [
      "a name that no file system takes",
      { include: [{ from: "data.json", to: "n".repeat(256) }] },
      "a name of more than 255 bytes",
    ],
  ])("refuses %s", async (_what, value, message) => {
    using project = testProject({
      ...HANDLER,
      ...config(value),
      "data.json": "{}",
      "other/data.json": "[]",
      "other/bootstrap": "",
    });
    expect(await failure(project)).toContain(message);
  });

  test("without a folder for the output, what isn't there yet goes beside a bootstrap of its own", async () => {
    using project = testProject(
      {
        ...config({ include: [{ from: "made", to: "." }, "all"] }),
        "made/package.json": `{ "made": true }`,
        "all/a.txt": "a",
        "node_modules/own/package.json": `{ "name": "own" }`,
        "../../node_modules/above/package.json": `{ "name": "above", "main": "above.js" }`,
        "../../node_modules/above/above.js": `module.exports = require("fs").readFileSync(__dirname + "/data.txt", "utf8");`,
        "../../node_modules/above/data.txt": "of above",
        "src/worker.ts": `import { parentPort } from "node:worker_threads"; parentPort?.postMessage("worked");`,
        "src/handler.ts": `
          import above from "above";
          import { Worker } from "node:worker_threads";
          export const handle = () =>
            new Promise((settle) => {
              new Worker(new URL("./worker.ts", import.meta.url)).once("message", (said) => settle([above, said]));
            });`,
      },
      "packages/one",
    );
    const before = readdirSync(project.folder, { recursive: true });
    for (const _ of ["first", "again"]) {
      const { code, stdout, stderr } = await project.mayfly(["build", "--host", "--json"]);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain(JSON.stringify(join(project.folder, ".mayfly/lambda/bootstrap")));
    }
    const after = readdirSync(project.folder, { recursive: true, encoding: "utf8" });
    expect(after.filter((name) => !name.startsWith(".mayfly"))).toEqual(before);
    const folder = join(project.folder, ".mayfly/lambda");
    expect(readFileSync(join(folder, "package.json"), "utf8")).toBe(`{ "made": true }`);
    expect(readFileSync(join(folder, "node_modules/above/data.txt"), "utf8")).toBe("of above");
    expect(readFileSync(join(folder, "../.gitignore"), "utf8")).toBe("*\n");
    // Where it is told to write into a project, it says what it would do there.
    expect(await failure(project, ["-o", "."])).toContain("MAYFLY_OUTDIR: package.json would be replaced");
    project.write({ ...config({}), "other/package.json": "{}" });
    for (const outdir of [".", "other"])
      expect(await failure(project, ["-o", outdir])).toMatch(
        /MAYFLY_OUTDIR: .*above.* would be written into the packages/,
      );
    expect(readdirSync(join(project.folder, "node_modules"))).toEqual(["own"]);
    expect(readFileSync(join(project.folder, "package.json"), "utf8")).toBe("{}");
  });
});

describe("the command of a server", () => {
  test.each([
    ["a script that is not there", { command: "node server.js" }, "runs server.js, which is not in the package"],
    ["a program that is not included", { command: "bin/serve" }, "runs bin/serve, which is not in the package"],
    ["no command without an Elixir project", {}, "has no command"],
    ["a package manager", { command: "npm start" }, "is started by npm, which is not on Lambda"],
    ["a missing script behind a flag", { command: "node -r ./here.js server.js" }, "runs server.js, which is not in"],
  ])("is refused: %s", async (_what, web, message) => {
    using project = testProject(config({ web }));
    project.write({ "here.js": "" });
    const errors = await failure(project);
    expect(errors).toContain("MAYFLY_WEB_COMMAND");
    expect(errors).toContain(message);
  });

  test("is refused for a program that is not executable, or for another processor", async () => {
    using project = testProject({
      ...config({ web: { command: "./serve" }, include: ["serve"] }),
      serve: "#!/bin/sh\n",
    });
    expect(await failure(project)).toMatch(/serve is not executable.*chmod \+x/s);
    const header = Buffer.alloc(64);
    header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
    header.writeUInt16LE(process.arch === "x64" ? 183 : 62, 18);
    project.write({ serve: header.toString("latin1") });
    chmodSync(join(project.folder, "serve"), 0o755);
    expect(await failure(project)).toContain("is made for another system or processor");
  });

  test("that runs a script of the project has it bundled, unless it is included", async () => {
    using project = testProject({
      ...config({
        functions: {
          a: { web: { command: "node src/a.ts" } },
          b: { web: { command: "bun run b.js" }, include: ["b.js"] },
        },
      }),
      "src/a.ts": `import { word } from "./word.ts";\nconsole.log(word as string);\n`,
      "src/word.ts": `export const word: unknown = "bundled";\n`,
      "b.js": "// as it is\n",
    });
    const folder = await placed(project);
    expect(readFileSync(join(folder, "src/a.ts"), "utf8")).toContain("bundled");
    expect(existsSync(join(folder, "src/word.ts"))).toBe(false);
    expect(readFileSync(join(folder, "b.js"), "utf8")).toBe("// as it is\n");
  });
});
