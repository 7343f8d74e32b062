import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeZip } from "../../src/build/package/zip.ts";
import { Fault } from "../../src/fault.ts";
import { unzip } from "../../src/local/package/unzip.ts";
import { joined } from "../../src/support/slices.ts";
import { zip, type ZipEntry } from "../local/support/zip.ts";
import { runs } from "../support/fuzz.ts";

const REFUSALS = ["MAYFLY_NOT_A_ZIP", "MAYFLY_UNSAFE_ZIP", "MAYFLY_ZIP_NAMES", "MAYFLY_PACKAGE_TOO_LARGE"];
const LINK = 0o120777;

let home = "";
beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "mayfly-zips-")));
  writeFileSync(join(home, "victim"), "whole");
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const part = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("a", "b", "l", "A", "node_modules", "bootstrap") },
  { weight: 3, arbitrary: fc.constantFrom("..", ".", "", "...", "~", "C:", "con", "\u202e", "ü", "u\u0308") },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) },
  { weight: 1, arbitrary: fc.integer({ min: 250, max: 260 }).map((length) => "x".repeat(length)) },
);
const path = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("/"));
const target = fc.oneof(
  path,
  fc.constantFrom("..", "../..", "../../victim", "/etc", "l", "./l/../..", "a/../../victim"),
  path.map((text) => `/${text}`),
);
const entry: fc.Arbitrary<ZipEntry> = fc.oneof(
  fc.record({ name: path, content: fc.string({ maxLength: 20 }) }),
  fc.record({ name: path, content: target, mode: fc.constant(LINK) }),
  path.map((name) => ({ name: `${name}/` })),
  fc.record({ name: path, content: fc.constant("lies"), statedSize: fc.nat(2 ** 32 - 1) }),
  fc.record({ name: path, content: fc.constant("lies"), statedChecksum: fc.nat(2 ** 32 - 1) }),
);

test(`archives of hostile names and links stay in their folder (${runs(1000)})`, async () => {
  const seen = await check(fc.array(entry, { maxLength: 6 }).map(zip), runs(1000));
  expect(seen.get("unpacked") ?? 0).toBeGreaterThan(runs(20));
  for (const code of ["MAYFLY_NOT_A_ZIP", "MAYFLY_UNSAFE_ZIP", "MAYFLY_ZIP_NAMES"])
    expect(seen.get(code) ?? 0, code).toBeGreaterThan(0);
});

test(`archives with bytes changed, left out, doubled and cut off are refused or unpacked, and nothing else (${runs(1000)})`, async () => {
  const text = "a file of some length, ".repeat(40);
  const sound = Buffer.from(
    joined(
      writeZip(
        [
          { name: "bootstrap", data: [Buffer.from(text)], executable: true },
          { name: "node_modules/a/index.js", data: [Buffer.from("exports.a = 1;")], executable: false },
          { name: "node_modules/b", data: [Buffer.from("a")], executable: false, link: true },
        ],
        (data) => [deflateRawSync(joined(data))],
      ),
    ),
  );
  const change = fc.record({
    at: fc.nat(sound.length - 1),
    to: fc.nat(255),
    kind: fc.constantFrom("set", "flip", "drop", "double", "cut"),
  });
  const mutated = fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    let bytes = Buffer.from(sound);
    for (const { at, to, kind } of changes) {
      const place = at % Math.max(1, bytes.length);
      if (kind === "set") bytes[place] = to;
      else if (kind === "flip") bytes[place] = (bytes[place] ?? 0) ^ (1 << (to % 8));
      else if (kind === "drop")
        bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1 + (to % 20))]);
      else if (kind === "double") bytes = Buffer.concat([bytes.subarray(0, place + to), bytes.subarray(place)]);
      else bytes = bytes.subarray(0, place);
    }
    return bytes;
  });
  const seen = await check(mutated, runs(1000));
  expect(seen.get("MAYFLY_NOT_A_ZIP") ?? 0).toBeGreaterThan(runs(100));
});

/** Unpacks each. @returns how many came to what */
async function check(archives: fc.Arbitrary<Buffer>, count: number): Promise<ReadonlyMap<string, number>> {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(archives, async (archive) => {
      const place = mkdtempSync(join(home, "run-"));
      const into = join(place, "deep/task");
      mkdirSync(into, { recursive: true });
      writeFileSync(join(place, "a.zip"), archive);
      try {
        const outcome = await unzip(join(place, "a.zip"), into).then(
          () => "unpacked",
          (error: unknown) => (error instanceof Fault ? error.code : String(error)),
        );
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
        if (outcome === "unpacked") expectInside(into);
        else {
          expect(REFUSALS).toContain(outcome);
          expect(readdirSync(into)).toEqual([]);
        }
        expect(readdirSync(place).toSorted()).toEqual(["a.zip", "deep"]);
        expect(readdirSync(dirname(into))).toEqual(["task"]);
        expect(readdirSync(home).filter((name) => !name.startsWith("run-"))).toEqual(["victim"]);
        expect(readFileSync(join(home, "victim"), "utf8")).toBe("whole");
      } finally {
        rmSync(place, { recursive: true, force: true });
      }
    }),
    { numRuns: count, seed: 20_260_101 },
  );
  console.log(Object.fromEntries(seen));
  return seen;
}

/** Wherever its links lead, nothing that is there is outside. */
function expectInside(folder: string, root = folder): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = join(folder, entry.name);
    if (entry.isDirectory()) expectInside(file, root);
    if (!entry.isSymbolicLink() || !existsSync(file)) continue;
    expect(`${realpathSync(file)}${sep}`.startsWith(`${root}${sep}`), file).toBe(true);
  }
}
