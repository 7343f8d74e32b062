import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { buffer } from "node:stream/consumers";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromBufferPromise } from "yauzl";
import { joined, type Slice } from "../../support/slices.ts";
import { writeZip, type ZipEntry } from "./zip.ts";

const BOOTSTRAP: ZipEntry = { name: "bootstrap", data: bytes("#!/bin/sh\n".repeat(50)), executable: true };
const README: ZipEntry = { name: "docs/lies mich – ü.txt", data: bytes("hello"), executable: false };

describe("a zip", () => {
  test("holds each file's bytes, name and Unix mode, as another implementation reads them", async () => {
    const entries = await readZip(joined(writeZip([README, BOOTSTRAP], deflated)));
    expect(entries).toEqual([
      {
        name: "bootstrap",
        data: Buffer.from(joined(BOOTSTRAP.data)),
        mode: 0o100755,
        unix: true,
        time: [1980, 1, 1, 0, 0, 0],
      },
      { name: README.name, data: Buffer.from("hello"), mode: 0o100644, unix: true, time: [1980, 1, 1, 0, 0, 0] },
    ]);
  });

  test.skipIf(spawnSync("unzip", ["-v"]).status !== 0)("passes the integrity check of unzip", () => {
    const folder = mkdtempSync(join(tmpdir(), "mayfly-zip-"));
    try {
      const noise = { name: "noise", data: [new Uint8Array(randomBytes(5000))], executable: false };
      writeFileSync(join(folder, "a.zip"), joined(writeZip([BOOTSTRAP, README, noise], deflated)));
      const { stdout, status } = spawnSync("unzip", ["-t", join(folder, "a.zip")], { encoding: "utf8" });
      expect(stdout).toContain("No errors detected");
      expect(status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("has the same bytes whatever the order of its entries", () => {
    expect(joined(writeZip([README, BOOTSTRAP], deflated))).toEqual(joined(writeZip([BOOTSTRAP, README], deflated)));
  });

  test("reads back any contents, deflated or stored", async () => {
    const contents = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(contents, async (files) => {
        const entries = files.map((data, index) => ({
          name: `file-${index}`,
          data: [data],
          executable: index % 2 === 0,
        }));
        const read = await readZip(joined(writeZip(entries, deflated)));
        expect(read.map(({ name, data }) => [name, [...data]])).toEqual(
          entries.map(({ name, data }) => [name, [...joined(data)]]),
        );
      }),
      { numRuns: 50 },
    );
  });
});

function bytes(text: string): readonly Slice[] {
  return [new TextEncoder().encode(text)];
}

function deflated(data: readonly Slice[]): readonly Uint8Array[] {
  return [deflateRawSync(joined(data))];
}

async function readZip(zip: Uint8Array): Promise<unknown[] & { name: string; data: Buffer }[]> {
  const archive = await fromBufferPromise(Buffer.from(zip));
  const entries = [];
  for await (const entry of archive.eachEntry()) {
    const time = entry.getLastModDate({ timezone: "local" });
    entries.push({
      name: entry.fileName,
      data: await buffer(await archive.openReadStreamPromise(entry)),
      mode: entry.externalFileAttributes >>> 16,
      unix: entry.versionMadeBy >> 8 === 3,
      time: [
        time.getFullYear(),
        time.getMonth() + 1,
        time.getDate(),
        time.getHours(),
        time.getMinutes(),
        time.getSeconds(),
      ],
    });
  }
  return entries;
}
