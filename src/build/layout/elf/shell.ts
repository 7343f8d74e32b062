import { joined } from "../../../support/slices.ts";
import { ceil, floor } from "./pieces.ts";
import {
  ELF_HEADER_BYTES,
  PF_W,
  type ElfProgram,
  PT_LOAD,
  readProgram,
  type Segment,
  writeHeaders,
} from "./program-headers.ts";

/** Tells the engine where its program is, in its data. */
const PROGRAM_SECTION = ".bun";
/** The engine's own modules: bytecode of those that a program imports becomes a part of it. */
const MODULES_SECTION = ".bun_builtins";
const NAMES_SECTION = ".shstrtab";
const NAMES = `\0${[PROGRAM_SECTION, MODULES_SECTION, NAMES_SECTION].join("\0")}\0`;

const SECTION_BYTES = 64;
/** The ELF header and the program headers. */
const HEAD_BYTES = 4096;

/**
 * An executable with nothing of the engine but what the engine's compiler reads, and the segment that it puts the
 * program into: with it, a build doesn't copy the engine's 90 MB three times (140 of the 380 ms of processor time that
 * a small program's compilation took). `programIn` makes the engine's program of what comes out.
 * @param engine its path
 * @returns `undefined` for an engine that isn't built as the pinned ones are
 */
export function shellOf(engine: string): Uint8Array<ArrayBuffer> | undefined {
  const program = readProgramAt(engine);
  const data = program?.segments.find(isData);
  const [own, modules, names] = [PROGRAM_SECTION, MODULES_SECTION, NAMES_SECTION].map((name) =>
    findSection(engine, name),
  );
  if (program === undefined || data === undefined || !own || !modules || !names) return undefined;

  const dataFrom = floor(data.offset, data.align);
  const dataAt = data.align;
  const moved = (offset: number): number => offset - dataFrom + dataAt;
  const modulesAt = ceil(moved(data.offset + data.fileBytes), 16);
  const namesAt = modulesAt + numberAt(modules, SIZE);
  const sectionsAt = ceil(namesAt + NAMES.length, 8);
  const sections = [
    Buffer.alloc(SECTION_BYTES),
    section(own, PROGRAM_SECTION, moved(numberAt(own, OFFSET)), numberAt(own, SIZE)),
    section(modules, MODULES_SECTION, modulesAt, numberAt(modules, SIZE)),
    section(names, NAMES_SECTION, namesAt, NAMES.length),
  ];

  const shell = Buffer.alloc(sectionsAt + sections.length * SECTION_BYTES);
  writeHeaders(shell, program.elfHeader, {
    entry: program.entry,
    headers: [{ ...data, offset: moved(data.offset) }],
  });
  shell.writeBigUInt64LE(BigInt(sectionsAt), 0x28);
  shell.writeUInt16LE(SECTION_BYTES, 0x3a);
  shell.writeUInt16LE(sections.length, 0x3c);
  shell.writeUInt16LE(sections.length - 1, 0x3e);
  shell.set(read(engine, dataFrom, data.offset + data.fileBytes - dataFrom), dataAt);
  shell.set(read(engine, numberAt(modules, OFFSET), numberAt(modules, SIZE)), modulesAt);
  shell.write(NAMES, namesAt, "latin1");
  shell.set(Buffer.concat(sections), sectionsAt);
  return shell;
}

/**
 * The engine with the program that the compiler put into its shell.
 * @param engine its path
 * @throws Error when it isn't of that engine
 */
export function programIn(compiled: Uint8Array, engine: string): ElfProgram {
  const [whole, shell] = [readProgramAt(engine), readProgram(compiled)];
  const filled = shell?.segments.find(isData);
  if (whole === undefined || filled === undefined) throw new Error("The compiler didn't leave an executable.");
  return { ...whole, segments: whole.segments.map((segment) => (isData(segment) ? filled : segment)) };
}

function isData({ type, flags }: Segment): boolean {
  return type === PT_LOAD && (flags & PF_W) !== 0;
}

function readProgramAt(path: string): ElfProgram | undefined {
  return readProgram(read(path, 0, HEAD_BYTES), path);
}

/** Places in a section's header; source: the ELF-64 specification. */
const OFFSET = 24;
const SIZE = 32;

function section(original: Buffer, name: string, offset: number, bytes: number): Buffer {
  const header = Buffer.from(original);
  header.writeUInt32LE(NAMES.indexOf(`\0${name}\0`) + 1, 0);
  header.writeBigUInt64LE(BigInt(offset), OFFSET);
  header.writeBigUInt64LE(BigInt(bytes), SIZE);
  return header;
}

/** The header of a section. */
function findSection(path: string, name: string): Buffer | undefined {
  const head = read(path, 0, ELF_HEADER_BYTES);
  const count = head.readUInt16LE(0x3c);
  const table = read(path, Number(head.readBigUInt64LE(0x28)), count * SECTION_BYTES);
  const headers = Array.from({ length: count }, (_, index) =>
    table.subarray(index * SECTION_BYTES, (index + 1) * SECTION_BYTES),
  );
  const ofNames = headers[head.readUInt16LE(0x3e)];
  const names = ofNames && read(path, numberAt(ofNames, OFFSET), numberAt(ofNames, SIZE));
  return headers.find((header) => {
    const begin = header.readUInt32LE(0);
    return names?.toString("latin1", begin, begin + name.length + 1) === `${name}\0`;
  });
}

function numberAt(header: Buffer, place: number): number {
  return Number(header.readBigUInt64LE(place));
}

function read(path: string, offset: number, bytes: number): Buffer {
  return Buffer.from(joined([{ path, offset, bytes }]).buffer);
}
