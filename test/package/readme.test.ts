import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startLambda } from "../../src/testing/index.ts";

const root = join(import.meta.dirname, "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const blocks = [...readme.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code = ""]) => code);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mayfly-readme-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(path: string, content: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

test("the README's first handler does what its first screen says", async () => {
  write("first/package.json", `{ "type": "module" }`);
  const lambda = await startLambda({ entry: write("first/src/hello.ts", blocks[0] ?? ""), handler: "hello.handle" });
  try {
    expect(await lambda.invoke({ name: "Ada" })).toEqual({ message: "Hello Ada" });
    await expect(lambda.invoke({})).rejects.toMatchObject({ errorMessage: "name is required" });
  } finally {
    await lambda.stop();
  }
});

test("all of the README's TypeScript compiles", () => {
  const files = blocks.map((code, index) => write(`blocks/${index}.ts`, code));
  const modules = join(root, "node_modules");
  const compilerOptions = {
    target: "es2023",
    module: "preserve",
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: ["node"],
    typeRoots: [join(modules, "@types")],
    paths: {
      mayfly: [join(root, "dist/esm/public/index.d.ts")],
      "mayfly/events": [join(root, "dist/esm/public/events.d.ts")],
      "mayfly/testing": [join(root, "dist/esm/testing/index.d.ts")],
      hono: [join(modules, "hono")],
      zod: [join(modules, "zod")],
      vitest: [join(modules, "vitest")],
    },
  };
  write("blocks/tsconfig.json", JSON.stringify({ compilerOptions, files }));
  const tsc = join(modules, "typescript/bin/tsc");
  const compiled = spawnSync(process.execPath, [tsc, "-p", join(folder, "blocks")], { encoding: "utf8" });
  expect(files.length).toBeGreaterThan(5);
  expect(compiled.stdout).toBe("");
});

test("the README's test compiles in the package that its commands make, which is of CommonJS", () => {
  const file = write("made/test.ts", blocks.find((code) => code.includes("mayfly/testing")) ?? "");
  const modules = join(root, "node_modules");
  write("made/package.json", "{}");
  mkdirSync(join(folder, "made/node_modules"));
  symlinkSync(root, join(folder, "made/node_modules/mayfly"));
  symlinkSync(join(modules, "vitest"), join(folder, "made/node_modules/vitest"));
  const compilerOptions = {
    target: "es2023",
    module: "nodenext",
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  };
  write("made/tsconfig.json", JSON.stringify({ compilerOptions, files: [file] }));
  const tsc = join(modules, "typescript/bin/tsc");
  const compiled = spawnSync(process.execPath, [tsc, "-p", join(folder, "made")], { encoding: "utf8" });
  expect(compiled.stdout).toBe("");
});

describe("every link to a file leads somewhere", () => {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((name) => join("docs", name));
  const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...docs.filter((name) => name.endsWith(".md"))];

  test.each(pages)("in %s", (page) => {
    const text = readFileSync(join(root, page), "utf8");
    const targets = [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].map(([, target = ""]) => target);
    const missing = targets
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => !existsSync(join(root, dirname(page), target)));
    expect(missing.map((target) => relative(".", target))).toEqual([]);
  });
});
