const ELF_MAGIC = 0x7f454c46;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const LOAD = 1;
const DYNAMIC = 2;
const [END, NEEDED, STRINGS] = [0, 1, 5];

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/**
 * The libraries that a 64-bit little-endian ELF file is loaded with, such as `libc.so.6`; none for any other file.
 * Source: the ELF-64 specification, "Dynamic Linking".
 */
export function readLibraryNeeds(file: Uint8Array): readonly string[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 64 || view.getUint32(0) !== ELF_MAGIC) return [];
  if (file[4] !== CLASS_64 || file[5] !== LITTLE_ENDIAN) return [];
  const segments = readSegments(view);
  const dynamic = segments.find(({ type }) => type === DYNAMIC);
  if (dynamic === undefined) return [];
  const needed: number[] = [];
  let strings: number | undefined;
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    const [tag, value] = [number(view, at), number(view, at + 8)];
    if (tag === END) break;
    if (tag === NEEDED) needed.push(value);
    if (tag === STRINGS) strings = offsetOf(value, segments);
  }
  return strings === undefined ? [] : needed.map((name) => text(file, (strings ?? 0) + name));
}

function readSegments(view: DataView): readonly Segment[] {
  const [table, size, count] = [number(view, 0x20), view.getUint16(0x36, true), view.getUint16(0x38, true)];
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * size;
    return {
      type: view.getUint32(at, true),
      offset: number(view, at + 8),
      address: number(view, at + 0x10),
      size: number(view, at + 0x20),
    };
  });
}

/** Where in the file an address of memory is. */
function offsetOf(address: number, segments: readonly Segment[]): number | undefined {
  const segment = segments.find(
    (one) => one.type === LOAD && address >= one.address && address < one.address + one.size,
  );
  return segment === undefined ? undefined : address - segment.address + segment.offset;
}

function number(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

function text(file: Uint8Array, at: number): string {
  return new TextDecoder().decode(file.subarray(at, file.indexOf(0, at)));
}
