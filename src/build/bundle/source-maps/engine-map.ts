import type { Mapping } from "./mappings.ts";

/** Mappings that the engine reads together. */
const WINDOW = 64;
const HEADER_BYTES = 32;
const INDEX_BYTES = 24;
const WINDOW_HEADER_BYTES = 32;
/** In a window's header. */
const MASKS = { line: 8, originalLine: 16, originalColumn: 24 };
const HAS_LINE_JUMPS = 4;
const HAS_SOURCES = 8;
const END_OF_JUMPS = 0xff;

/**
 * A source map as the pinned engine keeps it in an executable: numbers of sources and lengths, then for each source where
 * its name and its text lie, then the mappings, then the names. Texts are left out.
 *
 * The mappings are windows of 64: an index with the first of each, and the others as differences to the one before them.
 * Of a difference in lines or columns only that is written in which the source's differs from the generated code's.
 */
export function encodeEngineMap(sources: readonly string[], mappings: readonly Mapping[]): Buffer {
  const blob = encodeMappings(mappings);
  const names = sources.map((name) => Buffer.from(name));
  const head = Buffer.alloc(8 + sources.length * 16);
  head.writeUInt32LE(sources.length, 0);
  head.writeUInt32LE(blob.length, 4);
  let at = head.length + blob.length;
  for (const [index, name] of names.entries()) {
    head.writeUInt32LE(at, 8 + index * 8);
    head.writeUInt32LE(name.length, 12 + index * 8);
    at += name.length;
  }
  return Buffer.concat([head, blob, ...names]);
}

function encodeMappings(mappings: readonly Mapping[]): Buffer {
  const index: Buffer[] = [];
  const windows: Buffer[] = [];
  let offset = 0;
  for (let at = 0; at < mappings.length; at += WINDOW) {
    const [first, ...rest] = mappings.slice(at, at + WINDOW);
    if (first === undefined) break;
    const entry = Buffer.alloc(INDEX_BYTES);
    const { line, column, source, originalLine, originalColumn } = first;
    for (const [field, value] of [line, column, offset, originalLine, originalColumn, source].entries()) {
      entry.writeInt32LE(value, field * 4);
    }
    const window = encodeWindow(first, rest);
    index.push(entry);
    windows.push(window);
    offset += window.length;
  }
  const stream = HEADER_BYTES + index.length * INDEX_BYTES;
  const header = Buffer.alloc(HEADER_BYTES);
  const lines = mappings.reduce((most, { originalLine }) => Math.max(most, originalLine + 1), 1);
  header.writeBigUInt64LE(BigInt(stream + offset + 1), 0);
  header.writeBigUInt64LE(BigInt(mappings.length), 8);
  header.writeBigUInt64LE(BigInt(lines), 16);
  header.writeUInt32LE(index.length, 24);
  header.writeUInt32LE(stream, 28);
  // The engine reads a byte ahead.
  return Buffer.concat([header, ...index, ...windows, Buffer.alloc(1)]);
}

function encodeWindow(first: Mapping, rest: readonly Mapping[]): Buffer {
  const header = Buffer.alloc(WINDOW_HEADER_BYTES);
  const [columns, originalLines, originalColumns, jumps, sources]: [number[], number[], number[], number[], number[]] =
    [[], [], [], [], []];
  const sameSource = Buffer.alloc(8);
  let before = first;
  for (const [index, one] of rest.entries()) {
    const line = one.line - before.line;
    const column = line === 0 ? one.column - before.column : one.column;
    const originalLine = one.originalLine - before.originalLine;
    const originalColumn = one.originalColumn - before.originalColumn;
    const source = one.source - before.source;
    writeNumber(columns, column);
    if (line >= 1) setBit(header, MASKS.line, index);
    if (line > 1) {
      jumps.push(index);
      writeNumber(jumps, line);
    }
    if (originalLine === line) setBit(header, MASKS.originalLine, index);
    else writeNumber(originalLines, originalLine);
    if (originalColumn === column) setBit(header, MASKS.originalColumn, index);
    else writeNumber(originalColumns, originalColumn);
    if (source === 0) setBit(sameSource, 0, index);
    else writeNumber(sources, source);
    before = one;
  }
  header.writeUInt8(rest.length + 1, 0);
  header.writeUInt8((jumps.length > 0 ? HAS_LINE_JUMPS : 0) | (sources.length > 0 ? HAS_SOURCES : 0), 1);
  header.writeUInt16LE(columns.length, 2);
  header.writeUInt16LE(originalLines.length, 4);
  header.writeUInt16LE(originalColumns.length, 6);
  return Buffer.concat([
    header,
    Buffer.from(columns),
    Buffer.from(originalLines),
    Buffer.from(originalColumns),
    Buffer.from(jumps.length > 0 ? [...jumps, END_OF_JUMPS] : []),
    ...(sources.length > 0 ? [sameSource, Buffer.from(sources)] : []),
  ]);
}

function setBit(bytes: Buffer, offset: number, index: number): void {
  const at = offset + (index >> 3);
  bytes[at] = (bytes[at] ?? 0) | (1 << (index & 7));
}

/** Seven bits a byte, the lowest first, with the sign in the lowest of all. */
function writeNumber(bytes: number[], value: number): void {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
}
