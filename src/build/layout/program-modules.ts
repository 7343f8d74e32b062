/** Ends what the engine's compiler adds to a program: sources, bytecode and source maps of each module. */
const TRAILER = "\n---- Bun! ----\n";
const OFFSETS_BYTES = 32;
const MODULE_BYTES = 52;
const SIZE_BYTES = 8;

/** Places in a module's record of the offset and length of a part, in bytes. */
const NAME = 0;
const SOURCE_MAP = 16;
const BYTECODE = 24;
const MODULE_INFO = 32;

/** Where the engine's compiler put everything. */
export interface ProgramPart {
  /** In the file. */
  readonly begin: number;
  readonly end: number;
}

/** A part of a module, in the file. */
export interface ModulePart {
  readonly offset: number;
  readonly length: number;
}

export interface ProgramModule {
  /** Without the folder that all of them seem to lie in. */
  readonly name: string;
  readonly namePart: ModulePart;
  readonly sourceMap: ModulePart;
  readonly bytecode: ModulePart;
  readonly moduleInfo: ModulePart;
}

/**
 * The program in an executable.
 *
 * The format is the pinned engine's own and nowhere promised; where the file doesn't look like it, there is none.
 */
export function findProgram(data: Buffer): ProgramPart | undefined {
  const end = data.lastIndexOf(TRAILER) - OFFSETS_BYTES;
  if (end < 0) return undefined;
  const bytes = Number(data.readBigUInt64LE(end));
  const begin = end - bytes;
  const whole = data.length < end ? 0 : bytes + OFFSETS_BYTES + TRAILER.length;
  if (begin < SIZE_BYTES || Number(data.readBigUInt64LE(begin - SIZE_BYTES)) !== whole) return undefined;
  return { begin, end: begin + whole };
}

/** The modules of the program in an executable; none where there is no program. */
export function readModules(data: Buffer): readonly ProgramModule[] {
  const program = findProgram(data);
  if (program === undefined) return [];
  const { begin } = program;
  const end = program.end - TRAILER.length - OFFSETS_BYTES;
  const table = begin + data.readUInt32LE(end + 8);
  const tableBytes = data.readUInt32LE(end + 12);
  if (tableBytes === 0 || tableBytes % MODULE_BYTES !== 0 || table + tableBytes > end) return [];
  const modules: ProgramModule[] = [];
  for (let at = table; at < table + tableBytes; at += MODULE_BYTES) {
    const part = (place: number): ModulePart => ({
      offset: begin + data.readUInt32LE(at + place),
      length: data.readUInt32LE(at + place + 4),
    });
    const namePart = part(NAME);
    const path = data.toString("utf8", namePart.offset, namePart.offset + namePart.length);
    modules.push({
      name: path.slice(path.lastIndexOf("/") + 1),
      namePart,
      sourceMap: part(SOURCE_MAP),
      bytecode: part(BYTECODE),
      moduleInfo: part(MODULE_INFO),
    });
  }
  return modules;
}
