import { readModules } from "../build/layout/program-modules.ts";

/** What the source maps of a compiled program take in a zip: they lie in it as text that is deflated with the rest. */
export function zippedMaps(program: Uint8Array): number {
  const data = Buffer.from(program.buffer, program.byteOffset, program.byteLength);
  const maps = readModules(data).map(({ sourceMap: { offset, length } }) => data.subarray(offset, offset + length));
  return Bun.deflateSync(Buffer.concat(maps), { library: "libdeflate", level: 6 }).length;
}
