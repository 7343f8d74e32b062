import { lengthOf, type Slice, sliceOf } from "../../../support/slices.ts";
import { type AddressRange, ceil, cutSegment, floor, type Piece } from "./pieces.ts";
import {
  ELF_HEADER_BYTES,
  PF_R,
  PF_X,
  PROGRAM_HEADER_BYTES,
  type ElfProgram,
  type ProgramHeader,
  PT_LOAD,
  PT_PHDR,
  writeHeaders,
} from "./program-headers.ts";

/** How far below the program the new headers are mapped; what is added lies behind them. */
const LOW_BYTES = 1024 * 1024;
/** Linux lets no program map lower addresses, by default. */
const LOWEST_ADDRESS = 64 * 1024;

export interface CodePlace {
  /** Where the code's first byte will be mapped: a multiple of the page size. */
  readonly address: number;
  /** The program's entry point. */
  readonly entry: number;
  /** The program's segments as they will be in the file. */
  readonly loads: readonly ProgramHeader[];
}

export interface AddedCode {
  readonly bytes: Uint8Array;
  /** The entry point to set instead. */
  readonly entry: number;
}

export interface LayoutOptions {
  /** Memory that goes to the beginning of the file, in this order; disjoint, also when widened to whole pages. */
  readonly first: readonly AddressRange[];
  /** A segment of code below the program, readable and executable. */
  readonly code?: {
    /** Bytes to keep for it, at most some 900 KB. */
    readonly room: number;
    /** Called once, when everything has its place. */
    readonly write: (place: CodePlace) => AddedCode;
  };
}

/**
 * Writes a program as one ELF executable with `first` at the beginning of the file and everything else behind it; each byte of
 * memory is at the address it was at. The same input gives the same bytes.
 *
 * The program header table grows beyond its place, so the first segment is a new one, below the program, with the ELF
 * header and the table at offset 0 of the file: kernels before 5.18 take the table's address to be that of the first
 * segment plus its offset in the file.
 * @returns `undefined` for what has no room below
 */
export function layOut(program: ElfProgram, options: LayoutOptions): readonly Slice[] | undefined {
  const loads = program.segments;
  const [first] = loads;
  if (first === undefined) return undefined;
  const align = Math.max(...loads.map((load) => load.align));
  const low = floor(first.address, align) - LOW_BYTES;
  if (low < LOWEST_ADDRESS || loads.some(({ address, offset }) => (address - offset) % align !== 0)) return undefined;

  const pieces = loads.flatMap((load) => cutSegment(load, options.first, align));
  const count = program.others.length + pieces.length + (options.code === undefined ? 1 : 2);
  const headerBytes = ELF_HEADER_BYTES + count * PROGRAM_HEADER_BYTES;
  const codeAddress = ceil(low + headerBytes, align);
  const room = options.code?.room ?? 0;
  if (codeAddress + room > low + LOW_BYTES) throw new Error("The code has no room below the program.");

  let end = codeAddress - low + ceil(room, align);
  const places = new Map<Piece, number>();
  for (const piece of pieces.toSorted((a, b) => a.rank - b.rank)) {
    places.set(piece, end);
    end = ceil(end + pagesOf(piece, align), align);
  }
  const placeOf = (piece: Piece): number => (places.get(piece) ?? 0) + (piece.address % align);
  const placed = pieces.map((piece) => ({
    type: PT_LOAD,
    flags: piece.segment.flags,
    offset: placeOf(piece),
    address: piece.address,
    fileBytes: piece.fileBytes,
    memoryBytes: piece.memoryBytes,
    align: piece.segment.align,
  }));
  const code = options.code?.write({ address: codeAddress, entry: program.entry, loads: placed });
  if ((code?.bytes.length ?? 0) > room) throw new Error("The code is longer than it was said to be.");

  const headers: ProgramHeader[] = [
    // The table's own entry comes before all segments, as the specification asks.
    ...program.others.map((header) =>
      header.type === PT_PHDR ? ownHeader(header, low, count) : moved(header, pieces, placeOf),
    ),
    segment(PF_R, 0, low, headerBytes, align),
    ...(code === undefined ? [] : [segment(PF_R | PF_X, codeAddress - low, codeAddress, code.bytes.length, align)]),
    ...placed,
  ];
  const head = new Uint8Array(codeAddress - low + ceil(room, align));
  writeHeaders(head, program.elfHeader, { entry: code?.entry ?? program.entry, headers });
  if (code !== undefined) head.set(code.bytes, codeAddress - low);
  return [head, ...[...places.keys()].flatMap((piece) => pages(piece, align))];
}

/** Whole pages, as the kernel maps them: also what stands before and behind the segment. */
function pages(piece: Piece, align: number): readonly Slice[] {
  const { file, address, offset } = piece.segment;
  const wanted = ceil(pagesOf(piece, align), align);
  const slice = sliceOf(file, floor(piece.address - address + offset, align), wanted);
  // Behind a file's end there are none.
  return [slice, new Uint8Array(wanted - lengthOf([slice]))];
}

/** Bytes in the file from the beginning of the piece's first page. */
function pagesOf(piece: Piece, align: number): number {
  return (piece.address % align) + piece.fileBytes;
}

function segment(flags: number, offset: number, address: number, bytes: number, align: number): ProgramHeader {
  return { type: PT_LOAD, flags, offset, address, fileBytes: bytes, memoryBytes: bytes, align };
}

function ownHeader(header: ProgramHeader, low: number, count: number): ProgramHeader {
  const bytes = count * PROGRAM_HEADER_BYTES;
  return {
    ...header,
    offset: ELF_HEADER_BYTES,
    address: low + ELF_HEADER_BYTES,
    fileBytes: bytes,
    memoryBytes: bytes,
  };
}

/** A header that describes a part of a segment: it follows the part. */
function moved(header: ProgramHeader, pieces: readonly Piece[], placeOf: (piece: Piece) => number): ProgramHeader {
  if (header.fileBytes === 0) return header;
  const piece = pieces.find(
    ({ address, fileBytes }) => header.address >= address && header.address < address + fileBytes,
  );
  if (piece === undefined) throw new Error(`The program header of type ${header.type} lies in no segment.`);
  return { ...header, offset: placeOf(piece) + header.address - piece.address };
}
