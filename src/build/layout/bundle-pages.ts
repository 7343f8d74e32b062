import type { AddressRange } from "./elf/pieces.ts";
import { PT_LOAD, readExecutable } from "./elf/program-headers.ts";

/** Ends what the engine's compiler adds to a program: sources, bytecode and source maps of each module. */
const TRAILER = "\n---- Bun! ----\n";
const OFFSETS_BYTES = 32;
const MODULE_BYTES = 52;
const SIZE_BYTES = 8;

/** Places in a module's record of the offset and length of a part, in bytes. */
const NAME = 0;
const NEEDED_PARTS = { bytecode: 24, moduleInfo: 32 };

/**
 * The addresses of what a start reads of the modules in a compiled program: their bytecode and how they hang together,
 * and at the end their names. Sources and source maps are read when something asks for them, such as an error's stack.
 *
 * The format is the pinned engine's own and nowhere promised; where the file doesn't look like it, there are none.
 */
export function bundlePages(file: Uint8Array): readonly AddressRange[] {
  const data = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const end = data.lastIndexOf(TRAILER) - OFFSETS_BYTES;
  if (end < 0) return [];
  const bytes = Number(data.readBigUInt64LE(end));
  const begin = end - bytes;
  const whole = data.length < end ? 0 : bytes + OFFSETS_BYTES + TRAILER.length;
  if (begin < SIZE_BYTES || Number(data.readBigUInt64LE(begin - SIZE_BYTES)) !== whole) return [];
  const table = begin + data.readUInt32LE(end + 8);
  const tableBytes = data.readUInt32LE(end + 12);
  if (tableBytes === 0 || tableBytes % MODULE_BYTES !== 0 || table + tableBytes > end) return [];

  let [first, last, names] = [bytes, 0, bytes];
  for (let module = table; module < table + tableBytes; module += MODULE_BYTES) {
    names = Math.min(names, data.readUInt32LE(module + NAME));
    for (const part of Object.values(NEEDED_PARTS)) {
      const [offset, length] = [data.readUInt32LE(module + part), data.readUInt32LE(module + part + 4)];
      if (length === 0) continue;
      first = Math.min(first, offset);
      last = Math.max(last, offset + length);
    }
  }
  if (last > names || first > last) return [];
  const load = readExecutable(file)?.headers.find(
    ({ type, offset, fileBytes }) => type === PT_LOAD && begin >= offset && end < offset + fileBytes,
  );
  if (load === undefined) return [];
  const address = begin - load.offset + load.address;
  return [
    { start: address + first - SIZE_BYTES, end: address + last },
    { start: address + names, end: address + whole },
  ];
}
