/** What a shared library asks of the system that loads it. */
export interface ElfFile {
  readonly machine: "x86_64" | "arm64";
  /** `GLIBC_2.34`, all of one library. */
  readonly versions?: readonly string[];
  /** `libc.so.6` */
  readonly libraries?: readonly string[];
}

const HEADER = 64;
const [PROGRAM, SECTION, DYNAMIC_ENTRY] = [56, 64, 16];

/** A 64-bit ELF file with nothing in it but that. */
export function elfFile({ machine, versions = [], libraries = [] }: ElfFile): Buffer {
  const names = [...libraries, ...versions];
  const strings = Buffer.from(`\0${names.join("\0")}\0`);
  const nameAt = (index: number): number =>
    1 + names.slice(0, index).reduce((sum, name) => sum + Buffer.byteLength(name) + 1, 0);
  const needs = Buffer.alloc(16 + versions.length * 16);
  needs.writeUInt16LE(versions.length, 2);
  needs.writeUInt32LE(16, 8);
  for (const index of versions.keys()) {
    needs.writeUInt32LE(nameAt(libraries.length + index), 16 + index * 16 + 8);
    needs.writeUInt32LE(index + 1 < versions.length ? 16 : 0, 16 + index * 16 + 12);
  }
  const stringsAt = HEADER + 2 * PROGRAM;
  const entries: (readonly [tag: number, value: number])[] = [
    ...libraries.map((_, index) => [1, nameAt(index)] as const),
    [5, stringsAt],
    [0, 0],
  ];
  const dynamic = Buffer.alloc(entries.length * DYNAMIC_ENTRY);
  for (const [index, [tag, value]] of entries.entries()) {
    dynamic.writeBigUInt64LE(BigInt(tag), index * DYNAMIC_ENTRY);
    dynamic.writeBigUInt64LE(BigInt(value), index * DYNAMIC_ENTRY + 8);
  }
  const needsAt = stringsAt + strings.length;
  const dynamicAt = needsAt + needs.length;
  const sectionsAt = dynamicAt + dynamic.length;
  const size = sectionsAt + 2 * SECTION;
  const head = Buffer.alloc(HEADER);
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  head.writeUInt16LE(3, 16);
  head.writeUInt16LE(machine === "arm64" ? 183 : 62, 18);
  head.writeBigUInt64LE(BigInt(HEADER), 0x20);
  head.writeBigUInt64LE(BigInt(sectionsAt), 0x28);
  head.writeUInt16LE(PROGRAM, 0x36);
  head.writeUInt16LE(2, 0x38);
  head.writeUInt16LE(SECTION, 0x3a);
  head.writeUInt16LE(2, 0x3c);
  const programs = [program(1, 0, size), program(2, dynamicAt, dynamic.length)];
  const sections = [section(0x6ffffffe, needsAt, 1, 1), section(3, stringsAt, 0, 0)];
  return Buffer.concat([head, ...programs, strings, needs, dynamic, ...sections]);
}

/** Loaded where it lies in the file. */
function program(type: number, at: number, size: number): Buffer {
  const bytes = Buffer.alloc(PROGRAM);
  bytes.writeUInt32LE(type, 0);
  for (const [offset, value] of [
    [8, at],
    [0x10, at],
    [0x18, at],
    [0x20, size],
    [0x28, size],
  ] as const)
    bytes.writeBigUInt64LE(BigInt(value), offset);
  return bytes;
}

function section(type: number, at: number, link: number, info: number): Buffer {
  const bytes = Buffer.alloc(SECTION);
  bytes.writeUInt32LE(type, 4);
  bytes.writeBigUInt64LE(BigInt(at), 0x18);
  bytes.writeUInt32LE(link, 0x28);
  bytes.writeUInt32LE(info, 0x2c);
  return bytes;
}
