import { existsSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PackageStore } from "../../src/local/package/package-store.ts";
import { LocalLambda } from "../../src/local/local-lambda.ts";
import { temporaryFolder } from "./support/fake-runtime.ts";
import { zip, type ZipEntry } from "./support/zip.ts";
import { onTestFinished } from "vitest";

function zipFile(entries: readonly ZipEntry[]): string {
  const file = join(temporaryFolder(), "lambda.zip");
  writeFileSync(file, zip(entries));
  return file;
}

async function unpack(source: string): Promise<string> {
  const store = new PackageStore();
  onTestFinished(() => store.remove());
  return store.unpack("hello", source);
}

describe("a zip", () => {
  test("is unpacked with its execute bits, folders and links inside, and nothing writable", async () => {
    const root = await unpack(
      zipFile([
        { name: "bootstrap", content: "#!/bin/sh\n", mode: 0o100755 },
        { name: "lib/", mode: 0o40755 },
        { name: "lib/data.txt", content: "data", mode: 0o100666 },
        { name: "deep/er/file", content: "x" },
        { name: "lib/link", content: "../bootstrap", mode: 0o120777 },
      ]),
    );
    const mode = (file: string): string => (statSync(join(root, file)).mode & 0o777).toString(8);
    expect(["bootstrap", "lib", "lib/data.txt", "deep/er/file", "."].map(mode)).toEqual([
      "555",
      "555",
      "444",
      "444",
      "555",
    ]);
    expect(readFileSync(join(root, "lib/data.txt"), "utf8")).toBe("data");
    expect(readlinkSync(join(root, "lib/link"))).toBe("../bootstrap");
  });

  test("that is none, is cut short or lies about sizes is refused", async () => {
    const file = join(temporaryFolder(), "lambda.zip");
    writeFileSync(file, "not a zip at all, but long enough to be looked at");
    await expect(unpack(file)).rejects.toMatchObject({
      code: "MAYFLY_NOT_A_ZIP",
      message: expect.stringContaining(file),
    });
    writeFileSync(file, zip([{ name: "bootstrap", content: "x".repeat(1000) }]).subarray(0, 500));
    await expect(unpack(file)).rejects.toMatchObject({ code: "MAYFLY_NOT_A_ZIP" });
    await expect(
      unpack(zipFile([{ name: "a", content: "x".repeat(100), statedSize: 10 }, { name: "b" }])),
    ).rejects.toMatchObject({ code: "MAYFLY_NOT_A_ZIP", message: expect.stringContaining("checksum") });
    await expect(unpack(zipFile([{ name: "a", content: "x", statedSize: 1_000_000 }]))).rejects.toMatchObject({
      code: "MAYFLY_NOT_A_ZIP",
    });
  });

  test("larger than Lambda unpacks is refused", async () => {
    const half = Buffer.alloc(132_000_000);
    const outcome = unpack(
      zipFile([
        { name: "a", content: half },
        { name: "b", content: half },
      ]),
    );
    await expect(outcome).rejects.toMatchObject({ code: "MAYFLY_PACKAGE_TOO_LARGE" });
  });

  test("that is missing is refused, and nothing is left behind", async () => {
    const start = LocalLambda.start({ functions: { hello: { package: "/nowhere/lambda.zip" } } });
    await expect(start).rejects.toMatchObject({
      code: "MAYFLY_PACKAGE_NOT_FOUND",
      message: "There is no package /nowhere/lambda.zip.",
    });
  });
});

test("removing the store removes what is read-only", async () => {
  const store = new PackageStore();
  const root = await store.unpack("hello", zipFile([{ name: "lib/data.txt", content: "data" }]));
  store.remove();
  expect(existsSync(root)).toBe(false);
});
