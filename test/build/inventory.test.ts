import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BuildResult } from "../../src/build/build.ts";
import { ENGINE_VERSION, ENGINES } from "../../src/build/engine/engine-pins.ts";
import { openPromise } from "yauzl";
import { elfFile } from "./elf-file.ts";
import { type TestProject, testProject } from "./test-project.ts";

const manifest = (name: string, version: string, more: object = {}): string =>
  JSON.stringify({ name, version, ...more });

const MIT = "MIT License\n\nCopyright (c) 2020 Alike\n";
/** Base64 of 64 bytes. */
const INTEGRITY = `sha512-${Buffer.alloc(64, 7).toString("base64")}`;

const FILES = {
  "package.json": manifest("shop", "1.2.3", { dependencies: { one: "1", fast: "1", unused: "1" } }),
  "package-lock.json": JSON.stringify({
    lockfileVersion: 3,
    packages: { "node_modules/one": { version: "1.0.0", integrity: INTEGRITY } },
  }),
  "src/a.ts": `import { one } from "one";
import fast from "fast";
import { bare } from "@scope/bare";
import { Worker } from "node:worker_threads";
export const handle = () => [one, fast, bare, new Worker(new URL("./work.ts", import.meta.url))];
`,
  "src/work.ts": `import { apart } from "apart";\nconsole.log(apart);\n`,
  "mayfly.config.ts": `export default { functions: { a: { entry: "src/a.ts" } }, include: ["node_modules/taken/*"] };`,
  "node_modules/one/package.json": manifest("one", "1.0.0", {
    license: "MIT",
    dependencies: { two: "2" },
    repository: { type: "git", url: "git+https://github.com/o/one.git" },
  }),
  "node_modules/one/index.js": `exports.one = require("two").two;\n`,
  "node_modules/one/LICENSE": MIT,
  "node_modules/two/package.json": manifest("two", "2.0.0", { license: "(MIT OR Apache-2.0)" }),
  "node_modules/two/index.js": `exports.two = "two is here";\n`,
  "node_modules/two/LICENCE.md": MIT.replaceAll("\n", "\r\n"),
  "node_modules/two/NOTICE": "Two has a notice.\n",
  "node_modules/@scope/bare/package.json": manifest("@scope/bare", "0.1.0", { type: "module", exports: "./index.js" }),
  "node_modules/@scope/bare/index.js": `export const bare = "bare is here";\n`,
  "node_modules/apart/package.json": manifest("apart", "3.0.0", {
    license: "See the shop",
    type: "module",
    exports: "./i.js",
  }),
  "node_modules/apart/i.js": `export const apart = "apart";\n`,
  "node_modules/apart/LICENSE.txt": MIT,
  "node_modules/fast/package.json": manifest("fast", "1.0.0", { license: "ISC", type: "module", exports: "./fast.js" }),
  "node_modules/fast/fast.js": "export default import.meta.url;\n",
  "node_modules/fast/COPYING": "Copy fast.\n",
  "node_modules/taken/package.json": manifest("taken", "4.0.0", { license: "MIT" }),
  "node_modules/taken/license": MIT,
  "node_modules/unused/package.json": manifest("unused", "9.0.0", { license: "MIT" }),
  "node_modules/unused/index.js": "",
};

interface Component {
  readonly "bom-ref": string;
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
  readonly licenses?: readonly unknown[];
  readonly hashes?: readonly unknown[];
}

interface Sbom {
  readonly metadata: { readonly component: Component; readonly timestamp?: string };
  readonly serialNumber?: string;
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

let project: TestProject;
let result: BuildResult;
let notices: string;
let text: string;
let sbom: Sbom;

function shop(): TestProject {
  const made = testProject(FILES);
  const addon = join(made.folder, "node_modules/fast/prebuilds/linux-x64");
  mkdirSync(addon, { recursive: true });
  writeFileSync(join(addon, "fast.node"), elfFile({ machine: "x86_64" }));
  return made;
}

async function build(from: TestProject, ...flags: readonly string[]): Promise<BuildResult> {
  const { code, stdout, stderr } = await from.mayfly(["build", "--arch", "x86_64", "--json", ...flags]);
  if (code !== 0) throw new Error(stdout + stderr);
  return JSON.parse(stdout);
}

beforeAll(async () => {
  project = shop();
  result = await build(project, "--zip", "--notices", "--sbom");
  notices = readFileSync(join(project.folder, "lambda.notices.txt"), "utf8");
  text = readFileSync(join(project.folder, "lambda.cdx.json"), "utf8");
  sbom = JSON.parse(text);
});

afterAll(() => project[Symbol.dispose]());

const OWN = ["one 1.0.0", "two 2.0.0", "@scope/bare 0.1.0", "apart 3.0.0", "fast 1.0.0", "taken 4.0.0"].toSorted();

describe("mayfly build --notices", () => {
  test("tells of each package in the program, beside it, in workers and included, and of no other", () => {
    const [users = ""] = notices.split("Mayfly, its engine and what these are made of\n");
    const names = [...users.matchAll(/^Name: (.*)\nVersion: (.*)$/gm)].map(([, name, version]) => `${name} ${version}`);
    expect(names.toSorted()).toEqual(OWN);
    expect(users).toContain("License: (MIT OR Apache-2.0)\n");
    expect(users).toContain("Source: https://github.com/o/one\n");
  });

  test("has their licence and notice files, the same text once", () => {
    const users = notices.slice(0, notices.indexOf("Mayfly, its engine"));
    expect(users).toContain("Two has a notice.");
    expect(users).toContain("Copy fast.");
    // Of one, apart and taken; two has a notice behind it.
    expect(users.split("Copyright (c) 2020 Alike")).toHaveLength(3);
    expect(users).not.toContain("\r");
  });

  test("says of a package without a licence that it has none, there and as a warning", () => {
    expect(notices).toMatch(
      /Name: @scope\/bare\nVersion: 0\.1\.0\nLicense: \(it names none\)\n-{80}\n\(It has no licence file\.\)\n/,
    );
    expect(result.warnings).toContain("These packages come without a licence file: @scope/bare 0.1.0");
    expect(result.warnings).toContain("These packages name no licence: @scope/bare 0.1.0");
  });

  test("has what Mayfly puts into every package, and nothing of Elixir where there is none", () => {
    for (const name of ["Mayfly", "rolldown", "Bun", "JavaScriptCore, WTF and bmalloc of WebKit", "BoringSSL", "ICU"]) {
      expect(notices).toContain(`\nName: ${name}\n`);
    }
    expect(notices).toContain("GNU LIBRARY GENERAL PUBLIC LICENSE");
    expect(notices).not.toContain("Name: Erlang/OTP");
  });

  test("--json tells where both files are", () => {
    expect(result.artifacts).toMatchObject([
      { notices: join(project.folder, "lambda.notices.txt"), sbom: join(project.folder, "lambda.cdx.json") },
    ]);
  });
});

describe("mayfly build --sbom", () => {
  test("is CycloneDX 1.6 by its schema", async () => {
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
  });

  test("names the same packages as the notices do, the engine by the bytes that npm publishes", () => {
    const npm = sbom.components.filter(({ purl }) =>
      OWN.includes(
        decodeURIComponent(purl ?? "")
          .replace("pkg:npm/", "")
          .replace(/@(?=[^@]*$)/, " "),
      ),
    );
    expect(npm.map(({ name, version }) => `${name} ${version}`).toSorted()).toEqual(OWN);
    const engine = sbom.components.find(({ name }) => name === "Bun");
    expect(engine).toMatchObject({
      version: ENGINE_VERSION,
      purl: `pkg:npm/%40oven/bun-linux-x64@${ENGINE_VERSION}`,
      hashes: [{ alg: "SHA-512", content: Buffer.from(ENGINES.x86_64.integrity.slice(7), "base64").toString("hex") }],
    });
  });

  test("has licences as ids, expressions or names, and the hashes of the lockfile", () => {
    const of = (name: string): Component | undefined => sbom.components.find((one) => one.name === name);
    expect(of("one")).toMatchObject({
      licenses: [{ license: { id: "MIT" } }],
      hashes: [{ alg: "SHA-512", content: "07".repeat(64) }],
    });
    expect(of("two")?.licenses).toEqual([{ expression: "(MIT OR Apache-2.0)" }]);
    expect(of("apart")?.licenses).toEqual([{ license: { name: "See the shop" } }]);
    expect(of("@scope/bare")?.licenses).toBeUndefined();
  });

  test("says what needs what: the package, its packages, the engine", () => {
    const needs = (ref: string): readonly string[] => sbom.dependencies.find((one) => one.ref === ref)?.dependsOn ?? [];
    expect(sbom.metadata.component).toMatchObject({
      name: "shop",
      version: "1.2.3",
      hashes: [{ alg: "SHA-256", content: result.artifacts[0]?.sha256 }],
    });
    const engine = `pkg:npm/%40oven/bun-linux-x64@${ENGINE_VERSION}`;
    const top = needs("package");
    // The last is named in no package.json, as in a workspace, where the one above has it.
    const direct = ["pkg:npm/one@1.0.0", "pkg:npm/fast@1.0.0", engine, "pkg:npm/apart@3.0.0"];
    for (const purl of direct) expect(top).toContain(purl);
    expect(top).not.toContain("pkg:npm/two@2.0.0");
    expect(needs("pkg:npm/one@1.0.0")).toEqual(["pkg:npm/two@2.0.0"]);
    expect(needs(engine).length).toBeGreaterThan(100);
  });

  test("is the same bytes from another folder, without a time or a random number", async () => {
    expect(sbom.serialNumber).toBeUndefined();
    expect(sbom.metadata.timestamp).toBeUndefined();
    using other = shop();
    await build(other, "--zip", "--notices", "--sbom", "-o", "out");
    expect(readFileSync(join(other.folder, "out/lambda.cdx.json"), "utf8")).toBe(text);
    expect(readFileSync(join(other.folder, "out/lambda.notices.txt"), "utf8")).toBe(notices);
  });
});

test("without the flags nothing is written beside the artifact, and with one only that", async () => {
  using plain = testProject({ "index.ts": "export const handle = () => 1;\n" });
  const without = await build(plain, "--zip");
  expect(without.artifacts[0]).not.toHaveProperty("notices");
  expect(existsSync(join(plain.folder, "lambda.notices.txt"))).toBe(false);
  await build(plain, "-o", "out", "--sbom");
  expect(existsSync(join(plain.folder, "out/bootstrap.cdx.json"))).toBe(true);
  expect(existsSync(join(plain.folder, "out/bootstrap.notices.txt"))).toBe(false);
});

test("each architecture has its own, and what an earlier build told is not packed", async () => {
  using both = testProject({
    "a.ts": "export const handle = () => 1;\n",
    "mayfly.config.ts": `export default {
  functions: { a: { entry: "a.ts" }, b: { entry: "a.ts", arch: "arm64" } },
  include: ["lambda*"],
};`,
    "lambda-notes.md": "packed",
    "lambda.notices.txt": "of an earlier build",
    "lambda-arm64.cdx.json": "of an earlier build",
  });
  const { code, stdout, stderr } = await both.mayfly(["build", "--json", "--zip", "--sbom"]);
  if (code !== 0) throw new Error(stdout + stderr);
  for (const [arch, { package: engine }] of Object.entries(ENGINES)) {
    const told = readFileSync(join(both.folder, `lambda-${arch}.cdx.json`), "utf8");
    expect(told).toContain(`"pkg:npm/${encodeURIComponent("@oven")}/${engine.slice(6)}@${ENGINE_VERSION}"`);
    const zip = await openPromise(join(both.folder, `lambda-${arch}.zip`));
    const names: string[] = [];
    for await (const { fileName } of zip.eachEntry()) names.push(fileName);
    expect(names).toEqual(["bootstrap", "lambda-notes.md"]);
  }
});

describe("THIRD_PARTY_NOTICES", () => {
  const file = readFileSync(resolve(import.meta.dirname, "../../THIRD_PARTY_NOTICES"), "utf8");

  test("is of the engine that is pinned: each version that the engine tells of itself", () => {
    const engine = resolve(import.meta.dirname, `../../node_modules/${ENGINES.x86_64.package}/bin/bun`);
    if (!existsSync(engine) || process.platform !== "linux" || process.arch !== "x64") return;
    const told = spawnSync(engine, ["-e", "console.log(JSON.stringify(process.versions))"], { encoding: "utf8" });
    const versions: Readonly<Record<string, string>> = JSON.parse(told.stdout);
    for (const part of [
      "bun",
      "webkit",
      "boringssl",
      "tinycc",
      "mimalloc",
      "libarchive",
      "lolhtml",
      "lshpack",
      "zlib",
      "zstd",
      "ares",
      "icu",
      "libdeflate",
      "picohttpparser",
      "llhttp",
      "sqlite",
    ]) {
      expect(file, part).toContain(`\nVersion: ${versions[part]}\n`);
    }
  });

  test("is of the bundler that package.json names, whose helpers are in programs", () => {
    const manifest: { readonly dependencies: Readonly<Record<string, string>> } = JSON.parse(
      readFileSync(resolve(import.meta.dirname, "../../package.json"), "utf8"),
    );
    expect(file).toContain(`\nName: rolldown\nVersion: ${manifest.dependencies["rolldown"]}\n`);
    expect(file).toContain(`\nPackage-URL: pkg:npm/rolldown@${manifest.dependencies["rolldown"]}\n`);
  });

  test("names each part once", () => {
    const purls = [...file.matchAll(/^Package-URL: (.*)$/gm)].map(([, purl]) => purl);
    expect(purls.length).toBeGreaterThan(200);
    expect(purls).toEqual([...new Set(purls)]);
  });

  test("has a text for each part, or says why there is none", () => {
    const blocks = file.split(/\n={80}\n(?=Name: )/).slice(1);
    expect(blocks.length).toBeGreaterThan(100);
    for (const block of blocks) {
      const [heads = "", ...body] = block.split(/\n-{80}\n/);
      expect(heads).toMatch(/^Name: .+\n(?:Version: .+\n)?License: .+\nSource: https?:.+\nPackage-URL: pkg:.+\nIn: /);
      if (body.join("").includes("(No text.)")) expect(heads).toMatch(/no text|public domain/);
    }
  });
});
