import { closeSync, openSync, readSync } from "node:fs";

const HEADER_BYTES = 20;

/** What a native library was compiled for, from its header. */
export type BinaryKind =
  | { readonly kind: "elf"; readonly machine: "x86_64" | "arm64" | "other" }
  | { readonly kind: "mach-o"; readonly machine: "x86_64" | "arm64" | "universal" | "other" }
  | { readonly kind: "pe" }
  | { readonly kind: "unknown" };

/** Reads a binary's first bytes (20 are enough). Sources: the ELF, Mach-O and PE specifications. */
export function readBinaryKind(header: Uint8Array): BinaryKind {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (view.byteLength < HEADER_BYTES) return { kind: "unknown" };
  const magic = view.getUint32(0);
  if (magic === 0x7f454c46) {
    const littleEndian = view.getUint8(5) !== 2;
    const machine = view.getUint16(18, littleEndian);
    return { kind: "elf", machine: machine === 62 ? "x86_64" : machine === 183 ? "arm64" : "other" };
  }
  if (magic === 0xcafebabe || magic === 0xcafebabf) return { kind: "mach-o", machine: "universal" };
  if (magic === 0xcffaedfe) {
    const cpu = view.getUint32(4, true);
    return { kind: "mach-o", machine: cpu === 0x01000007 ? "x86_64" : cpu === 0x0100000c ? "arm64" : "other" };
  }
  if (view.getUint16(0) === 0x4d5a) return { kind: "pe" };
  return { kind: "unknown" };
}

export function binaryKindOf(path: string): BinaryKind {
  const header = new Uint8Array(HEADER_BYTES);
  const descriptor = openSync(path, "r");
  try {
    return readBinaryKind(header.subarray(0, readSync(descriptor, header, 0, header.length, 0)));
  } finally {
    closeSync(descriptor);
  }
}
