const MAGIC = 0x7f454c46;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const TYPE_EXECUTABLE = 2;
export const ELF_HEADER_BYTES = 64;
export const PROGRAM_HEADER_BYTES = 56;

export const PT_LOAD = 1;
export const PT_PHDR = 6;
export const PF_X = 1;
export const PF_W = 2;
export const PF_R = 4;

/** One entry of the program header table. Addresses and sizes in bytes; source: the ELF-64 specification. */
export interface ProgramHeader {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  /** Bytes in the file. */
  readonly fileBytes: number;
  /** Bytes in memory; what exceeds `fileBytes` is zero. */
  readonly memoryBytes: number;
  readonly align: number;
}

/** A PT_LOAD with the file that its bytes are in: that file's own, or its path. */
export interface Segment extends ProgramHeader {
  readonly file: Uint8Array | string;
}

/** What the kernel makes a program's memory of. */
export interface ElfProgram {
  readonly elfHeader: Uint8Array;
  readonly entry: number;
  readonly segments: readonly Segment[];
  /** The headers that load nothing. */
  readonly others: readonly ProgramHeader[];
}

export interface Executable {
  /** Address of the first instruction. */
  readonly entry: number;
  readonly headers: readonly ProgramHeader[];
}

/** Reads a 64-bit little-endian ELF executable with fixed addresses; `undefined` for anything else. */
export function readExecutable(file: Uint8Array): Executable | undefined {
  if (file.length < ELF_HEADER_BYTES) return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint32(0) !== MAGIC || file[4] !== CLASS_64 || file[5] !== LITTLE_ENDIAN) return undefined;
  if (view.getUint16(0x10, true) !== TYPE_EXECUTABLE) return undefined;
  const table = word(view, 0x20);
  const entryBytes = view.getUint16(0x36, true);
  const headers = Array.from({ length: view.getUint16(0x38, true) }, (_, index) => {
    const at = table + index * entryBytes;
    return {
      type: view.getUint32(at, true),
      flags: view.getUint32(at + 4, true),
      offset: word(view, at + 8),
      address: word(view, at + 16),
      fileBytes: word(view, at + 32),
      memoryBytes: word(view, at + 40),
      align: word(view, at + 48),
    };
  });
  return { entry: word(view, 0x18), headers };
}

/**
 * The program in one file; `undefined` for what `readExecutable` doesn't read.
 * @param head of the file: as much of it as there are headers
 * @param file all of it, or its path
 */
export function readProgram(head: Uint8Array, file: Uint8Array | string = head): ElfProgram | undefined {
  const executable = readExecutable(head);
  if (executable === undefined) return undefined;
  const { entry, headers } = executable;
  return {
    elfHeader: head.slice(0, ELF_HEADER_BYTES),
    entry,
    segments: headers.filter(({ type }) => type === PT_LOAD).map((header) => ({ ...header, file })),
    others: headers.filter(({ type }) => type !== PT_LOAD),
  };
}

/**
 * Writes a copy of an ELF header and the program headers to the beginning of `target`. There are no section
 * headers after that: nothing reads them at run time, and a section whose pages lie apart can't be described.
 */
export function writeHeaders(target: Uint8Array, elfHeader: Uint8Array, { entry, headers }: Executable): void {
  target.set(elfHeader);
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  setWord(view, 0x18, entry);
  setWord(view, 0x20, ELF_HEADER_BYTES);
  setWord(view, 0x28, 0);
  view.setUint16(0x36, PROGRAM_HEADER_BYTES, true);
  view.setUint16(0x38, headers.length, true);
  view.setUint16(0x3c, 0, true);
  view.setUint16(0x3e, 0, true);
  for (const [index, header] of headers.entries()) {
    const at = ELF_HEADER_BYTES + index * PROGRAM_HEADER_BYTES;
    view.setUint32(at, header.type, true);
    view.setUint32(at + 4, header.flags, true);
    const words = [header.offset, header.address, header.address, header.fileBytes, header.memoryBytes, header.align];
    for (const [place, value] of words.entries()) setWord(view, at + 8 + place * 8, value);
  }
}

function word(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

function setWord(view: DataView, at: number, value: number): void {
  view.setBigUint64(at, BigInt(value), true);
}
