import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Slice } from "../../support/slices.ts";
import { type Deflate, deflateSlices } from "./deflate.ts";
import { openEnd, STREAM_END } from "./deflate-open-end.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mayfly-deflate-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Blocks of all three types, and several in one stream. */
const deflates = fc.constantFrom<Deflate>(
  (data) => deflateRawSync(data, { level: 9 }),
  (data) => deflateRawSync(data, { level: 1, memLevel: 1 }),
  (data) => deflateRawSync(data, { level: 0 }),
  (data) => deflateRawSync(data, { strategy: constants.Z_FIXED }),
  (data) => deflateRawSync(data, { strategy: constants.Z_HUFFMAN_ONLY }),
);

const data = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }),
  // What repeats, near and far, so that every length and distance comes.
  fc
    .array(fc.tuple(fc.nat(255), fc.integer({ min: 1, max: 3000 }), fc.uint8Array({ maxLength: 40 })), {
      maxLength: 60,
    })
    .map((runs) => new Uint8Array(runs.flatMap(([byte, count, noise]) => [...Array(count).fill(byte), ...noise]))),
);

test("parts with open ends are one stream, whoever deflated each", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(data, deflates), { maxLength: 6 }), (parts) => {
      const stream = Buffer.concat([...parts.map(([part, deflate]) => openEnd(deflate(part.slice()))), STREAM_END]);
      expect(inflateRawSync(stream).equals(Buffer.concat(parts.map(([part]) => part)))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("what is no deflate stream has no end", () => {
  const stream = deflateRawSync(Buffer.from("deflate ".repeat(100)));
  for (let bytes = 0; bytes < stream.length - 1; bytes++) {
    expect(() => openEnd(stream.subarray(0, bytes))).toThrow(RangeError);
  }
  expect(() => openEnd(new Uint8Array([0xff]))).toThrow(RangeError);
});

test("what comes of a file is deflated once, and again when what was kept is damaged", () => {
  const file = join(folder, "engine");
  const engine = Buffer.from("an engine's page. ".repeat(100_000));
  writeFileSync(file, engine);
  const program = new TextEncoder().encode("a program");
  const slices: readonly Slice[] = [
    program,
    { path: file, offset: 0, bytes: 1_000_000 },
    new Uint8Array(),
    { path: file, offset: 1_000_000, bytes: engine.length - 1_000_000 },
    program,
  ];
  const cache = join(folder, "cache");
  const deflatedSizes: number[] = [];
  const zipped = (place: string): Buffer =>
    Buffer.concat(
      deflateSlices(
        slices,
        (bytes) => {
          deflatedSizes.push(bytes.length);
          return deflateRawSync(bytes);
        },
        place,
      ),
    );

  const first = zipped(cache);
  expect(inflateRawSync(first).equals(Buffer.concat([program, engine, program]))).toBe(true);
  expect(zipped(cache)).toEqual(first);
  expect(deflatedSizes).toEqual([program.length, engine.length, program.length, program.length, program.length]);

  const [kept = ""] = readdirSync(cache);
  expect(kept).toBe(createHash("sha256").update(engine).digest("hex"));
  const damaged = readFileSync(join(cache, kept));
  damaged.fill(0, 100, 200);
  writeFileSync(join(cache, kept), damaged);
  expect(zipped(cache)).toEqual(first);
  // Nothing can be made below a file.
  expect(zipped(join(file, "cache"))).toEqual(first);
});
