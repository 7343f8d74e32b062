import type { AddressRange } from "./elf/pieces.ts";
import { PT_LOAD, readExecutable } from "./elf/program-headers.ts";
import { findProgram, readModules } from "./program-modules.ts";

/** In front of a program: how long it is. */
const SIZE_BYTES = 8;

/**
 * The addresses of what a start reads of the modules in a compiled program: their bytecode and how they hang together,
 * and at the end their names. Sources and source maps are read when something asks for them, such as an error's stack.
 */
export function bundlePages(file: Uint8Array): readonly AddressRange[] {
  const data = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const program = findProgram(data);
  if (program === undefined) return [];
  const modules = readModules(data);
  const needed = modules
    .flatMap(({ bytecode, moduleInfo }) => [bytecode, moduleInfo])
    .filter(({ length }) => length > 0);
  const first = Math.min(...needed.map(({ offset }) => offset));
  const last = Math.max(...needed.map(({ offset, length }) => offset + length));
  const names = Math.min(...modules.map(({ namePart }) => namePart.offset));
  if (needed.length === 0 || last > names) return [];
  const load = readExecutable(file)?.headers.find(
    ({ type, offset, fileBytes }) => type === PT_LOAD && program.begin >= offset && program.end <= offset + fileBytes,
  );
  if (load === undefined) return [];
  const addressOf = (offset: number): number => offset - load.offset + load.address;
  return [
    { start: addressOf(first) - SIZE_BYTES, end: addressOf(last) },
    { start: addressOf(names), end: addressOf(program.end) },
  ];
}
