import { crc32 } from "node:zlib";
import { lengthOf, readSlices, type Slice } from "../../support/slices.ts";

export interface ZipEntry {
  /** Path inside the archive, with `/`. */
  readonly name: string;
  readonly data: readonly Slice[];
  readonly executable: boolean;
  /** Whether `data` is what a symbolic link points to. */
  readonly link?: boolean;
}

/** The earliest moment the format knows, 1980-01-01 00:00: the time of every entry, so that it says nothing. */
const DOS_DATE = (0 << 9) | (1 << 5) | 1;
const DOS_TIME = 0;
const VERSION_NEEDED = 20;
const WIDE_VERSION_NEEDED = 45;
/** Upper byte 3: attributes are Unix modes. Without it Lambda doesn't see that bootstrap is executable. */
const MADE_BY_UNIX = (3 << 8) | VERSION_NEEDED;
const UTF8_NAMES = 1 << 11;
const STORED = 0;
const DEFLATED = 8;
const REGULAR_FILE = 0o100000;
const SYMBOLIC_LINK = 0o120000;

/**
 * Writes a zip whose bytes depend on names, contents and modes alone: sorted entries, fixed times, no
 * extra fields. For archives under 4 GiB, which Lambda's limits are far below.
 * Source: PKWARE APPNOTE.TXT 6.3, sections 4.3 and 4.4.
 */
export function writeZip(
  entries: readonly ZipEntry[],
  deflate: (data: readonly Slice[]) => readonly Uint8Array[],
): readonly Slice[] {
  const parts: Slice[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = new TextEncoder().encode(entry.name);
    const deflated = deflate(entry.data);
    const size = lengthOf(entry.data);
    const [method, body] = lengthOf(deflated) < size ? [DEFLATED, deflated] : [STORED, entry.data];
    const fields = {
      method,
      crc: checksum(entry.data),
      compressed: lengthOf(body),
      size,
      nameLength: name.length,
    };
    directory.push(centralHeader(fields, modeOf(entry), offset), name);
    parts.push(localHeader(fields), name, ...body);
    offset += LOCAL_HEADER_BYTES + name.length + fields.compressed;
  }
  const directoryBytes = directory.reduce((sum, part) => sum + part.length, 0);
  return [...parts, ...directory, ...endOfDirectory(entries.length, directoryBytes, offset)];
}

function checksum(data: readonly Slice[]): number {
  let sum = 0;
  for (const part of readSlices(data)) sum = crc32(part, sum);
  return sum;
}

function modeOf({ executable, link }: ZipEntry): number {
  if (link === true) return SYMBOLIC_LINK | 0o777;
  return REGULAR_FILE | (executable ? 0o755 : 0o644);
}

interface Fields {
  readonly method: number;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  readonly nameLength: number;
}

const LOCAL_HEADER_BYTES = 30;

function localHeader(fields: Fields): Uint8Array {
  const header = Buffer.alloc(LOCAL_HEADER_BYTES);
  header.writeUInt32LE(0x04034b50, 0);
  writeShared(header, 4, fields);
  return header;
}

function centralHeader(fields: Fields, mode: number, offset: number): Uint8Array {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(MADE_BY_UNIX, 4);
  writeShared(header, 6, fields);
  header.writeUInt32LE((mode << 16) >>> 0, 38);
  header.writeUInt32LE(offset, 42);
  return header;
}

/** The 26 bytes that stand in both headers. */
function writeShared(header: Buffer, at: number, fields: Fields): void {
  header.writeUInt16LE(VERSION_NEEDED, at);
  header.writeUInt16LE(UTF8_NAMES, at + 2);
  header.writeUInt16LE(fields.method, at + 4);
  header.writeUInt16LE(DOS_TIME, at + 6);
  header.writeUInt16LE(DOS_DATE, at + 8);
  header.writeUInt32LE(fields.crc, at + 10);
  header.writeUInt32LE(fields.compressed, at + 14);
  header.writeUInt32LE(fields.size, at + 18);
  header.writeUInt16LE(fields.nameLength, at + 22);
}

/** As many as the old record can count. */
const MAX_COUNT = 0xffff;

function endOfDirectory(count: number, bytes: number, offset: number): readonly Uint8Array[] {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  // The highest number says that the one that counts stands in the record before.
  record.writeUInt16LE(Math.min(count, MAX_COUNT), 8);
  record.writeUInt16LE(Math.min(count, MAX_COUNT), 10);
  record.writeUInt32LE(bytes, 12);
  record.writeUInt32LE(offset, 16);
  return count < MAX_COUNT ? [record] : [...wideEnd(count, bytes, offset), record];
}

/** The zip64 record, with the locator that leads to it. Source: APPNOTE.TXT, 4.3.14 and 4.3.15. */
function wideEnd(count: number, bytes: number, offset: number): readonly Uint8Array[] {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(BigInt(record.length - 12), 4);
  record.writeUInt16LE(MADE_BY_UNIX, 12);
  record.writeUInt16LE(WIDE_VERSION_NEEDED, 14);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(bytes), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + bytes), 8);
  locator.writeUInt32LE(1, 16);
  return [record, locator];
}
