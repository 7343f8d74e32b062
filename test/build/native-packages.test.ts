import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { elfFile, type ElfFile } from "./elf-file.ts";
import { testProject, type TestProject } from "./test-project.ts";

interface Built {
  readonly artifacts: readonly { readonly beside: readonly string[]; readonly native: readonly string[] }[];
  readonly warnings: readonly string[];
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
}

function addon(project: TestProject, path: string, file: ElfFile): void {
  mkdirSync(dirname(join(project.folder, path)), { recursive: true });
  writeFileSync(join(project.folder, path), elfFile(file));
}

async function build(project: TestProject, ...flags: readonly string[]): Promise<Built> {
  const { stdout } = await project.mayfly(["build", "src/a.js", "--json", "-o", "out", ...flags]);
  return JSON.parse(stdout);
}

async function invoke(project: TestProject): Promise<unknown> {
  const args = ["invoke", "--zip", "out/lambda.zip", "--handler", "a.handle", "-d", "{}"];
  const { stdout, stderr } = await project.mayfly(args);
  expect(stdout, stderr).not.toBe("");
  return JSON.parse(stdout);
}

const host = process.arch === "arm64" ? "arm64" : "x64";

/** Two packages with native code, of which both know `shared`: one chooses among prebuilt add-ons, one has a package for each platform. */
function nativeProject(): TestProject {
  const project = testProject({
    "package.json": `{ "type": "module", "dependencies": { "adder": "1", "@acme/fast": "1", "shared": "1" } }`,
    "src/a.js": `
      import shared from "shared";
      import { add } from "adder";
      import * as fast from "@acme/fast";
      export const handle = async () => {
        const later = (await import("adder")).default;
        return { file: add.file, same: [add.shared === shared, later.add === add], names: Object.keys(fast), fast: fast.default() };
      };`,
    "node_modules/shared/package.json": `{ "name": "shared", "version": "1.0.0", "main": "shared.js" }`,
    "node_modules/shared/shared.js": `module.exports = { one: true };`,
    "node_modules/node-gyp-build/package.json": `{ "name": "node-gyp-build", "version": "4.0.0", "main": "index.js" }`,
    "node_modules/node-gyp-build/index.js": `
      const fs = require("fs"), path = require("path");
      module.exports = (folder) => {
        const place = path.join(folder, "prebuilds", process.platform + "-" + process.arch);
        return path.relative(folder, path.join(place, fs.readdirSync(place)[0]));
      };`,
    "node_modules/adder/package.json": `{ "name": "adder", "version": "1.0.0", "main": "adder.js" }`,
    "node_modules/adder/adder.js": `
      const file = require("node-gyp-build")(__dirname);
      exports.add = { file, shared: require("shared") };`,
    "node_modules/adder/README.md": "nobody reads it",
    "node_modules/@acme/fast/package.json": JSON.stringify({
      name: "@acme/fast",
      version: "1.0.0",
      type: "module",
      exports: "./fast.js",
      optionalDependencies: {
        "@acme/fast-linux-x64-gnu": "1.0.0",
        "@acme/fast-linux-x64-musl": "1.0.0",
        "@acme/fast-linux-arm64-gnu": "1.0.0",
        "@acme/fast-darwin-arm64": "1.0.0",
      },
    }),
    "node_modules/@acme/fast/fast.js": `
      import { createRequire } from "node:module";
      export const version = 1;
      export default function run() {
        return createRequire(import.meta.url)("@acme/fast-linux-" + process.arch + "-gnu").cpu;
      }`,
    ...Object.fromEntries(
      ["x64-gnu", "x64-musl", "arm64-gnu"].flatMap((name) => {
        const [cpu = "", libc] = name.split("-");
        const folder = `node_modules/@acme/fast-linux-${name}`;
        const made = {
          name: `@acme/fast-linux-${name}`,
          version: "1.0.0",
          main: "index.js",
          os: ["linux"],
          cpu: [cpu],
        };
        return [
          [`${folder}/package.json`, JSON.stringify({ ...made, libc: [libc === "gnu" ? "glibc" : "musl"] })],
          [`${folder}/index.js`, `exports.cpu = "${cpu}";`],
        ];
      }),
    ),
  });
  for (const [cpu, machine] of [
    ["x64", "x86_64"],
    ["arm64", "arm64"],
  ] as const) {
    addon(project, `node_modules/adder/prebuilds/linux-${cpu}/adder.node`, { machine, versions: ["GLIBC_2.17"] });
    addon(project, `node_modules/@acme/fast-linux-${cpu}-gnu/fast.node`, { machine, libraries: ["libc.so.6"] });
  }
  addon(project, "node_modules/@acme/fast-linux-x64-musl/fast.node", {
    machine: "x86_64",
    libraries: ["libc.musl-x86_64.so.1"],
  });
  return project;
}

const beside = (cpu: string): readonly string[] => [
  `node_modules/@acme/fast-linux-${cpu}-gnu/fast.node`,
  `node_modules/@acme/fast-linux-${cpu}-gnu/index.js`,
  `node_modules/@acme/fast-linux-${cpu}-gnu/package.json`,
  "node_modules/@acme/fast/fast.js",
  "node_modules/@acme/fast/package.json",
  "node_modules/adder/adder.js",
  "node_modules/adder/package.json",
  `node_modules/adder/prebuilds/linux-${cpu}/adder.node`,
  "node_modules/node-gyp-build/index.js",
  "node_modules/node-gyp-build/package.json",
  "node_modules/shared/package.json",
  "node_modules/shared/shared.js",
];

describe.runIf(process.platform === "linux")("packages with native code", () => {
  test("stay outside, with what they need for the target, and share what others import", async () => {
    using project = nativeProject();
    const { artifacts, warnings } = await build(project, "--zip", "--host");
    expect(warnings).toEqual([]);
    expect(artifacts[0]?.native).toEqual(["@acme/fast", "adder"]);
    expect(artifacts[0]?.beside).toEqual(beside(host));
    expect(await invoke(project)).toEqual({
      file: `prebuilds/linux-${host}/adder.node`,
      same: [true, true],
      names: ["default", "version"],
      fast: host,
    });
    const other = await build(project, "--zip", "--arch", "arm64");
    expect(other.artifacts[0]?.beside).toEqual(beside("arm64"));
  });

  test.each([
    ["a newer system", { versions: ["GLIBC_2.17", "GLIBC_2.38"] }, "adder.node needs GLIBC_2.38"],
    ["a library that isn't there", { libraries: ["libc.so.6", "libodd.so.1"] }, "adder.node needs libodd.so.1"],
  ])("are refused if they ask for %s", async (_, asks, says) => {
    using project = nativeProject();
    addon(project, "node_modules/adder/prebuilds/linux-x64/adder.node", { machine: "x86_64", ...asks });
    const { error } = await build(project, "--zip");
    expect(error).toMatchObject({ code: "MAYFLY_ADDON_LIBRARIES", message: expect.stringContaining(says) });
  });

  test("are fetched for the target as the lockfile has them", async () => {
    using project = nativeProject();
    const name = `@acme/fast-linux-${host}-gnu`;
    rmSync(join(project.folder, "node_modules", name), { recursive: true });
    // In npm's place: `npm pack <package> --pack-destination <folder>`.
    project.write({
      "archive/package/package.json": JSON.stringify({ name, version: "1.0.0", cpu: [host] }),
      "archive/package/index.js": `exports.cpu = "${host}";`,
      "bin/npm": `#!/bin/sh\nexec cp "${project.folder}/a.tgz" "$4/a.tgz"\n`,
    });
    chmodSync(join(project.folder, "bin/npm"), 0o755);
    execFileSync("tar", ["czf", join(project.folder, "a.tgz"), "-C", join(project.folder, "archive"), "package"]);
    const archive = readFileSync(join(project.folder, "a.tgz"));
    const environment = {
      PATH: `${project.folder}/bin:${process.env["PATH"] ?? ""}`,
      MAYFLY_CACHE_DIR: join(project.folder, "cache"),
    };
    const fetched = async (): Promise<Built> => {
      const args = ["build", "src/a.js", "--json", "-o", "out", "--zip", "--host"];
      return JSON.parse((await project.mayfly(args, { environment })).stdout);
    };
    const hashOf = (data: string | Buffer): string => `sha512-${createHash("sha512").update(data).digest("base64")}`;
    const packages = { [`node_modules/${name}`]: { version: "1.0.0", integrity: hashOf("another") } };
    project.write({ "package-lock.json": JSON.stringify({ lockfileVersion: 3, packages }) });
    expect((await fetched()).error).toMatchObject({
      code: "MAYFLY_PACKAGE_INTEGRITY",
      message: expect.stringContaining(`${name}@1.0.0 as npm has it isn't the one in package-lock.json`),
    });
    const resolution = `resolution: {integrity: ${hashOf(archive)}}`;
    rmSync(join(project.folder, "package-lock.json"));
    project.write({ "pnpm-lock.yaml": `packages:\n\n  '${name}@1.0.0':\n    ${resolution}\n` });
    const { artifacts } = await fetched();
    expect(artifacts[0]?.beside).toContain(`node_modules/${name}/index.js`);
  });

  test("are refused if they are compiled for another processor only", async () => {
    using project = nativeProject();
    project.write({ "src/a.js": `import { add } from "adder";\nexport const handle = () => add;\n` });
    addon(project, "node_modules/adder/prebuilds/linux-x64/adder.node", { machine: "arm64" });
    const { error } = await build(project, "--zip");
    expect(error).toMatchObject({ code: "MAYFLY_ADDON_TARGET", hint: expect.stringContaining("--cpu=x64") });
  });

  test("as Prisma 6 generates them, without a package.json, are packed with the engine that it looks for on Lambda", async () => {
    const client = "node_modules/.prisma/client";
    const engine = (system: string): string => `${client}/libquery_engine-${system}.so.node`;
    const written = ["debian-openssl-3.0.x", "rhel-openssl-3.0.x"].map(
      (system) => `path.join(__dirname, "libquery_engine-${system}.so.node");`,
    );
    using project = testProject({
      "src/a.js": `export { client } from "@prisma/client";\nexport const handle = () => 1;\n`,
      "node_modules/@prisma/client/package.json": `{ "name": "@prisma/client", "version": "6.0.0", "main": "default.js" }`,
      "node_modules/@prisma/client/default.js": `module.exports = { ...require(".prisma/client/default") };`,
      [`${client}/default.js`]: `const path = require("path");\nexports.client = true;\n${written.join("\n")}\n`,
    });
    addon(project, engine("debian-openssl-3.0.x"), { machine: "x86_64" });
    const { error } = await build(project, "--zip");
    expect(error).toMatchObject({
      code: "MAYFLY_ADDON_TARGET",
      message: expect.stringContaining("for rhel-openssl-3.0.x on Lambda"),
      hint: expect.stringContaining('binaryTargets = ["native", "rhel-openssl-3.0.x"]'),
    });
    addon(project, engine("rhel-openssl-3.0.x"), { machine: "x86_64", libraries: ["libssl.so.3", "libc.so.6"] });
    const { artifacts } = await build(project, "--zip");
    expect(artifacts[0]?.beside.filter((name) => name.includes(".prisma"))).toEqual([
      `${client}/default.js`,
      engine("rhel-openssl-3.0.x"),
    ]);
  });
});
