import { execFileSync, spawnSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Entry } from "yauzl";
import { joined } from "../../src/support/slices.ts";
import { writeZip } from "../../src/build/package/zip.ts";
import { LocalLambda } from "../../src/local/local-lambda.ts";
import { unzip } from "../../src/local/package/unzip.ts";
import { readEntries } from "../../src/local/package/zip-entries.ts";
import { contentOf, readZip } from "../../src/local/package/zip-reader.ts";
import { temporaryFolder } from "./support/fake-runtime.ts";
import { zip, type ZipEntry } from "./support/zip.ts";

interface Outcome {
  readonly code: string | undefined;
  readonly message: string;
  /** All that there is afterwards, the zip's folder and the one around it included. */
  readonly left: readonly string[];
}

/** Unpacks into `task` of a folder with nothing else but a file of somebody's beside it. */
async function unpacked(bytes: Uint8Array): Promise<Outcome & { readonly task: string }> {
  const home = temporaryFolder();
  const [task, file] = [join(home, "task"), join(temporaryFolder(), "lambda.zip")];
  mkdirSync(task);
  writeFileSync(join(home, "neighbour"), "");
  writeFileSync(file, bytes);
  const error: unknown = await unzip(file, task).catch((thrown: unknown) => thrown);
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  const left = readdirSync(home, { recursive: true, encoding: "utf8" }).toSorted();
  return { code, message: error instanceof Error ? error.message : "", left, task };
}

const NOTHING = ["neighbour", "task"];
const BOOTSTRAP: ZipEntry = { name: "bootstrap", content: "#!/bin/sh\n", mode: 0o100755 };
const LINK = 0o120777;

describe("a zip that would leave its folder is MAYFLY_UNSAFE_ZIP and leaves nothing:", () => {
  test.each<[string, readonly ZipEntry[]]>([
    ["a name that climbs out", [{ name: "../evil" }]],
    ["a name that climbs out later", [{ name: "a/../../evil" }]],
    ["a name that climbs and comes back", [{ name: "a/../b" }]],
    ["a folder that climbs out", [{ name: "../evil/", mode: 0o40755 }]],
    ["an absolute name", [{ name: "/tmp/evil" }]],
    ["a Windows name", [{ name: "C:/evil" }]],
    ["a backslash", [{ name: "a\\b" }]],
    ["a link that leads out", [{ name: "out", content: "../../..", mode: LINK }]],
    ["a link that leads just out", [{ name: "a/out", content: "../..", mode: LINK }]],
    ["an absolute link", [{ name: "out", content: "/etc", mode: LINK }]],
    [
      "a link behind a link, which made folders outside",
      [
        { name: "x/y/z/w/l", content: "../../../..", mode: LINK },
        { name: "x/y/z/w/l/m", content: "../../../../victim", mode: LINK },
        { name: "x/y/z/w/l/m/deep/file", content: "x" },
      ],
    ],
    [
      "a link that is inside by its name only",
      [
        { name: "d/up", content: "..", mode: LINK },
        { name: "out", content: "d/up/..", mode: LINK },
      ],
    ],
    [
      "the same the other way round",
      [
        { name: "out", content: "d/up/../neighbour", mode: LINK },
        { name: "d/up", content: "e/..", mode: LINK },
        { name: "d/e", content: "..", mode: LINK },
      ],
    ],
    [
      "a file behind a link",
      [
        { name: "a/b", content: ".", mode: LINK },
        { name: "a/b/c", content: "x" },
      ],
    ],
  ])("%s", async (_name, entries) => {
    const { code, left } = await unpacked(zip([BOOTSTRAP, ...entries]));
    expect({ code, left }).toEqual({ code: "MAYFLY_UNSAFE_ZIP", left: NOTHING });
  });

  test("hundreds of links through each other, at once", async () => {
    const links = Array.from({ length: 400 }, (_, index) => ({
      name: `l${index}`,
      content: `${"d/../".repeat(700)}l${index + 1}`,
      mode: LINK,
    }));
    expect((await unpacked(zip(links))).code).toBe("MAYFLY_UNSAFE_ZIP");
  });
});

describe("a zip that can't become files says why and leaves nothing:", () => {
  test.each<[string, string, string, readonly ZipEntry[]]>([
    ["a name that comes twice", "MAYFLY_ZIP_NAMES", "something else of that name", [{ name: "bootstrap" }]],
    ["a name that comes twice in other words", "MAYFLY_ZIP_NAMES", "else of that name", [{ name: "./bootstrap" }]],
    ["a file that is another's folder", "MAYFLY_ZIP_NAMES", "in place of a folder", [{ name: "bootstrap/evil" }]],
    ["a folder that is a file", "MAYFLY_ZIP_NAMES", "in place of a folder", [{ name: "bootstrap/" }]],
    ["a file that is a folder before it", "MAYFLY_ZIP_NAMES", "of that name", [{ name: "a/b" }, { name: "a" }]],
    ["a name of 256 bytes", "MAYFLY_ZIP_NAMES", "more than 255 bytes", [{ name: `a/${"ü".repeat(128)}` }]],
    ["a path of 5,000 bytes", "MAYFLY_ZIP_NAMES", "more than 4096 bytes", [{ name: "a/".repeat(2500) }]],
    ["a name with a zero byte", "MAYFLY_ZIP_NAMES", "no file can be called", [{ name: "a\0b" }]],
    ["no name", "MAYFLY_ZIP_NAMES", "no file can be called", [{ name: "." }]],
    ["a link to nothing", "MAYFLY_ZIP_NAMES", "a link to nothing", [{ name: "l", content: "", mode: LINK }]],
    ["another checksum", "MAYFLY_NOT_A_ZIP", "its checksum", [{ name: "a", content: "b", statedChecksum: 1 }]],
    ["a size that lies", "MAYFLY_NOT_A_ZIP", "its checksum", [{ name: "a", content: "abc", statedSize: 2 }]],
    ["250 MB by its own words", "MAYFLY_PACKAGE_TOO_LARGE", "250 MiB", [{ name: "a", statedSize: 262_144_001 }]],
  ])("%s", async (_name, code, words, entries) => {
    const outcome = await unpacked(zip([BOOTSTRAP, ...entries]));
    expect(outcome).toMatchObject({ code, left: NOTHING, message: expect.stringContaining(words) });
  });

  test("what inflates to more than it says", async () => {
    const bomb = writeZip([{ name: "a", data: [Buffer.alloc(100_000)], executable: false }], () => [
      execFileSync(process.execPath, [
        "-e",
        'process.stdout.write(require("node:zlib").deflateRawSync(Buffer.alloc(10_000_000)))',
      ]),
    ]);
    expect(await unpacked(joined(bomb))).toMatchObject({ code: "MAYFLY_NOT_A_ZIP", left: NOTHING });
  });

  test.skipIf(process.platform !== "linux")("a disk that is full", () => {
    const [folder, small] = [temporaryFolder(), temporaryFolder()];
    const file = join(folder, "lambda.zip");
    writeFileSync(file, zip([BOOTSTRAP, { name: "large", content: Buffer.alloc(2_000_000) }]));
    const script = `import { unzip } from ${JSON.stringify(resolve("src/local/package/unzip.ts"))};
      await unzip(${JSON.stringify(file)}, ${JSON.stringify(small)}).catch((fault) => console.log(fault.code, fault.message));
      console.log(require("node:fs").readdirSync(${JSON.stringify(small)}).length);`;
    writeFileSync(join(folder, "script.ts"), script);
    const engine = resolve(`node_modules/@oven/bun-linux-${process.arch === "arm64" ? "aarch64" : "x64"}/bin/bun`);
    const disk = `mount -t tmpfs -o size=1m none "$1" && exec "$2" "$3"`;
    const args = ["-rm", "sh", "-c", disk, "sh", small, engine, join(folder, "script.ts")];
    const { stdout, stderr } = spawnSync("unshare", args, { encoding: "utf8" });
    expect(stderr + stdout).toBe(`MAYFLY_FOLDER The folder ${small} can't be written: the disk is full.\n0\n`);
  });
});

test("a temporary folder that isn't there is told as that", async () => {
  vi.stubEnv("TMPDIR", "/nowhere/at/all");
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(LocalLambda.start({ functions: { f: { package: "lambda.zip" } } })).rejects.toMatchObject({
    code: "MAYFLY_FOLDER",
    message: "The temporary folder /nowhere/at/all can't be written: it isn't there.",
  });
});

test("links inside stay, also those to nothing and in a ring", async () => {
  const { code, task } = await unpacked(
    zip([
      BOOTSTRAP,
      { name: "lib/a", content: "../bootstrap", mode: LINK },
      { name: "lib/b", content: "./../lib/a", mode: LINK },
      { name: "lib/nothing", content: "../not/there", mode: LINK },
      { name: "lib/ring", content: "ring", mode: LINK },
    ]),
  );
  expect(code).toBeUndefined();
  expect(readFileSync(join(task, "lib/b"), "utf8")).toBe("#!/bin/sh\n");
  expect(readlinkSync(join(task, "lib/ring"))).toBe("ring");
});

test("70,000 files are written to a zip and read from it", async () => {
  const entries = Array.from({ length: 70_000 }, (_, index) => ({
    name: `node_modules/p${index % 500}/file-${index}.js`,
    data: [Buffer.from(`module.exports = ${index};`)],
    executable: false,
  }));
  const file = join(temporaryFolder(), "lambda.zip");
  writeFileSync(file, joined(writeZip(entries, (data) => [joined(data)])));
  const descriptor = openSync(file, "r");
  onTestFinished(() => closeSync(descriptor));
  const zipped = await readZip(descriptor, statSync(file).size);
  const read = (entry: Entry, name: string): Promise<Buffer> => contentOf(file, descriptor, zipped, entry, name);
  // Not unpacked: that would be a test of the disk.
  const { files } = await readEntries(file, zipped, read);
  const wrong: string[] = [];
  for (const { path, entry } of files) {
    const [, index] = /-(\d+)\.js$/.exec(path) ?? [];
    if ((await read(entry, path)).toString() !== `module.exports = ${index};`) wrong.push(path);
  }
  expect({ count: files.length, wrong }).toEqual({ count: 70_000, wrong: [] });
});
