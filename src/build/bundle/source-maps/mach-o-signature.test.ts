import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { engine } from "../../../../test/local/support/engine.ts";
import { withTemporaryFolder } from "../../../support/temporary-folder.ts";
import { type ByteRange, mendSignature, type SignatureMend } from "./mach-o-signature.ts";

const PAGE = 0x1000;
const SEGMENT = 0x4000;
/** In no whole page. */
const LIMIT = 2 * SEGMENT + 100;
const [SHA1, SHA256, SHA256_TRUNCATED] = [1, 2, 3];
const HASHES = new Map([
  [SHA1, { algorithm: "sha1", bytes: 20 }],
  [SHA256, { algorithm: "sha256", bytes: 32 }],
  [SHA256_TRUNCATED, { algorithm: "sha256", bytes: 20 }],
]);

describe("the signature of a Mach-O executable", () => {
  test.each([
    ["SHA-1", [directory({ hashType: SHA1 })]],
    ["SHA-256", [directory({ hashType: SHA256 })]],
    ["truncated SHA-256", [directory({ hashType: SHA256_TRUNCATED })]],
    ["two code directories", [directory({ hashType: SHA1 }), directory({ hashType: SHA256 })]],
    ["larger pages", [directory({ pageBits: 14 })]],
    ["one page for all", [directory({ pageBits: 0 })]],
    ["a limit in 64 bits", [directory({ limit64: true })]],
    ["a signer's blob that is empty", [directory({}), certificate(0)]],
  ])("is valid again after a change: %s", (_, blobs) => {
    const file = signed(blobs);
    expect(wrongPages(file)).toEqual([]);
    const changed = [change(file, PAGE - 2, 4), change(file, LIMIT - 1, 1)];
    expect(wrongPages(file)).not.toEqual([]);
    write(file, mendSignature(file, changed));
    expect(wrongPages(file)).toEqual([]);
  });

  test("has the hashes of the changed pages alone written anew, and each once", () => {
    const file = signed([directory({})]);
    const changed = [change(file, PAGE, 1), change(file, PAGE + 9, PAGE)];
    const mend = mendSignature(file, changed);
    expect(mend.kind === "ad-hoc" && mend.patches.length).toBe(2);
  });

  test("says nothing of what lies behind its limit", () => {
    const file = signed([directory({})]);
    const mend = mendSignature(file, [{ offset: 3 * SEGMENT, length: 10 }]);
    expect(mend).toEqual({ kind: "ad-hoc", patches: [] });
  });

  test("is left as it is when a certificate's key made it", () => {
    const file = signed([directory({}), certificate(100)]);
    expect(mendSignature(file, [change(file, 0x800, 1)])).toEqual({ kind: "certified" });
  });

  test("may be missing", () => {
    const file = machO();
    file.writeUInt32LE(0x26, file.indexOf(signatureCommand()));
    expect(mendSignature(file, [change(file, 0x800, 1)])).toEqual({ kind: "unsigned" });
  });

  test.each([
    ["an ELF", Buffer.from("7f454c46".padEnd(128, "0"), "hex"), /no thin 64-bit Mach-O/],
    ["nothing", Buffer.alloc(0), /no thin 64-bit Mach-O/],
    ["hashes of another kind", signed([directory({ hashType: 4 })]), /hashes of an unknown kind: 4/],
    ["another signature", machO(), /of an unknown kind: 0/],
  ])("isn't guessed: %s", (_, file, message) => {
    expect(() => mendSignature(file, [{ offset: 0, length: 1 }])).toThrow(message);
  });
});

describe("an executable for macOS", () => {
  let [plain, mapped]: Buffer[] = [];
  beforeAll(async () => {
    await withTemporaryFolder(async (folder) => {
      [plain, mapped] = [compile(folder, false), compile(folder, true)];
    });
  });

  test("is signed by the engine's compiler, in a way that can be mended", () => {
    const file = Buffer.from(plain ?? []);
    expect(wrongPages(file)).toEqual([]);
    const changed = change(file, SEGMENT + 100, PAGE);
    expect(wrongPages(file)).toEqual([4, 5]);
    write(file, mendSignature(file, [changed]));
    expect(wrongPages(file)).toEqual([]);
  });

  test("is validly signed with source maps that were written over", () => {
    expect(mapped?.includes("src/the-source.ts")).toBe(true);
    expect(wrongPages(mapped ?? Buffer.alloc(0))).toEqual([]);
  });
});

/** With what the engine's compiler needs of an engine in the place of one. */
function compile(folder: string, sourcemap: boolean): Buffer {
  const outfile = join(folder, `program-${sourcemap}`);
  writeFileSync(join(folder, "engine"), machO());
  const request = {
    root: folder,
    chunks: [
      {
        fileName: "main.js",
        code: 'console.log("hello");\n',
        map: { sources: ["src/the-source.ts"], mappings: "AAAA" },
      },
    ],
    sourcemap,
    jitDelay: true,
    target: { os: "darwin", arch: "arm64", lambda: false },
    engine: join(folder, "engine"),
    outfile,
  };
  const script = `
    import { compileChunks } from ${JSON.stringify(join(import.meta.dirname, "../compile.ts"))};
    await compileChunks({ ...${JSON.stringify(request)}, files: new Map(), bytecodeOrder: undefined });`;
  execFileSync(engine, ["-e", script], { cwd: folder });
  return readFileSync(outfile);
}

/** All pages of which a code directory has another hash. */
function wrongPages(file: Buffer): readonly number[] {
  const signature = file.readUInt32LE(file.indexOf(signatureCommand()) + 8);
  const wrong: number[] = [];
  for (let index = 0; index < file.readUInt32BE(signature + 8); index += 1) {
    const blob = file.subarray(signature + file.readUInt32BE(signature + 16 + 8 * index));
    if (blob.readUInt32BE(0) !== 0xfade0c02) continue;
    const [hashes, pages, limit32] = [blob.readUInt32BE(16), blob.readUInt32BE(28), blob.readUInt32BE(32)];
    const limit = limit32 || Number(blob.readBigUInt64BE(56));
    const size = blob.readUInt8(39) === 0 ? limit : 1 << blob.readUInt8(39);
    expect(pages).toBe(Math.ceil(limit / size));
    for (let page = 0; page < pages; page += 1) {
      const hash = hashOf(file.subarray(page * size, Math.min(limit, (page + 1) * size)), blob.readUInt8(37));
      const at = hashes + page * blob.readUInt8(36);
      if (!blob.subarray(at, at + blob.readUInt8(36)).equals(hash)) wrong.push(page);
    }
  }
  return wrong;
}

function hashOf(bytes: Uint8Array, hashType: number): Buffer {
  const { algorithm, bytes: length } = HASHES.get(hashType) ?? { algorithm: "sha384", bytes: 48 };
  return createHash(algorithm).update(bytes).digest().subarray(0, length);
}

function change(file: Buffer, offset: number, length: number): ByteRange {
  for (let at = offset; at < offset + length; at += 1) file.writeUInt8(file.readUInt8(at) ^ 1, at);
  return { offset, length };
}

function write(file: Buffer, mend: SignatureMend): void {
  if (mend.kind !== "ad-hoc") throw new Error(`The signature is ${mend.kind}.`);
  for (const { offset, bytes } of mend.patches) file.set(bytes, offset);
}

/** An executable for arm64 whose segments hold nothing, with room for a signature at `LIMIT`. */
function machO(): Buffer {
  const signatureBytes = 2 * SEGMENT - 100;
  const commands = Buffer.concat([
    segment("__TEXT", 0, SEGMENT),
    segment("__BUN", SEGMENT, SEGMENT, "__bun"),
    segment("__LINKEDIT", 2 * SEGMENT, 100 + signatureBytes),
    Buffer.concat([signatureCommand(), uint32LE(LIMIT, signatureBytes)]),
  ]);
  const header = uint32LE(0xfeedfacf, 0x0100000c, 0, 2, 4, commands.length, 0, 0);
  const file = Buffer.alloc(LIMIT + signatureBytes);
  Buffer.concat([header, commands]).copy(file);
  return file;
}

function segment(name: string, offset: number, bytes: number, section?: string): Buffer {
  const place = uint64LE(2 ** 32 + offset, bytes);
  const inside =
    section === undefined ? [] : [text(section), text(name), place, uint32LE(offset, 14, 0, 0, 0, 0, 0, 0)];
  const counts = uint32LE(3, 3, inside.length === 0 ? 0 : 1, 0);
  const rest = Buffer.concat([text(name), place, uint64LE(offset, bytes), counts, ...inside]);
  return Buffer.concat([uint32LE(0x19, 8 + rest.length), rest]);
}

function signatureCommand(): Buffer {
  return uint32LE(0x1d, 16);
}

type Blob = (file: Buffer) => Buffer;

function signed(blobs: readonly Blob[]): Buffer {
  const file = machO();
  const made = blobs.map((blob) => blob(file));
  let end = 12 + 8 * made.length;
  const index = made.map((blob, at) => {
    const slot = blob.readUInt32BE(0) === 0xfade0b01 ? 0x10000 : at === 0 ? 0 : 0x1000 + at - 1;
    end += blob.length;
    return uint32BE(slot, end - blob.length);
  });
  Buffer.concat([uint32BE(0xfade0cc0, end, made.length), ...index, ...made]).copy(file, LIMIT);
  return file;
}

function certificate(bytes: number): Blob {
  return () => Buffer.concat([uint32BE(0xfade0b01, 8 + bytes), Buffer.alloc(bytes)]);
}

interface DirectoryOptions {
  readonly hashType?: number;
  readonly pageBits?: number;
  readonly limit64?: boolean;
}

/** With two hashes of other things in front of those of the pages. */
function directory({ hashType = SHA256, pageBits = 12, limit64 = false }: DirectoryOptions): Blob {
  return (file) => {
    const size = pageBits === 0 ? LIMIT : 1 << pageBits;
    const pages = Array.from({ length: Math.ceil(LIMIT / size) }, (_, page) =>
      hashOf(file.subarray(page * size, Math.min(LIMIT, (page + 1) * size)), hashType),
    );
    const bytes = pages[0]?.length ?? 0;
    const hashes = 88 + 2 * bytes;
    const limits = Buffer.concat([uint32BE(0, 0, 0, 0, 0, limit64 ? LIMIT : 0), Buffer.alloc(24)]);
    return Buffer.concat([
      uint32BE(0xfade0c02, hashes + pages.length * bytes, 0x20400, 2, hashes, 0, 2, pages.length, limit64 ? 0 : LIMIT),
      Buffer.from([bytes, hashType, 0, pageBits]),
      limits,
      Buffer.alloc(2 * bytes, 7),
      ...pages,
    ]);
  };
}

function text(name: string): Buffer {
  return Buffer.from(name.padEnd(16, "\0"));
}

function uint32LE(...values: readonly number[]): Buffer {
  return uint32BE(...values).swap32();
}

function uint32BE(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32BE(value, 4 * index));
  return bytes;
}

function uint64LE(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, index) => bytes.writeBigUInt64LE(BigInt(value), 8 * index));
  return bytes;
}
