import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readBinaryKind } from "./binary-kind.ts";

describe("a native library's header", () => {
  test("of this Node.js is for this machine", () => {
    const kind = readBinaryKind(readFileSync(process.execPath).subarray(0, 20));
    expect(kind).toEqual({
      kind: process.platform === "darwin" ? "mach-o" : "elf",
      machine: process.arch === "arm64" ? "arm64" : "x86_64",
    });
  });

  test.each([
    ["an ELF for arm64", elf(183), { kind: "elf", machine: "arm64" }],
    ["an ELF for x86_64", elf(62), { kind: "elf", machine: "x86_64" }],
    ["an ELF for 32-bit ARM", elf(40), { kind: "elf", machine: "other" }],
    ["a Mach-O for arm64", header("cffaedfe0c000001"), { kind: "mach-o", machine: "arm64" }],
    ["a Mach-O for x86_64", header("cffaedfe07000001"), { kind: "mach-o", machine: "x86_64" }],
    ["a universal Mach-O", header("cafebabe00000002"), { kind: "mach-o", machine: "universal" }],
    ["a Windows DLL", header("4d5a9000"), { kind: "pe" }],
    ["text", new TextEncoder().encode("module.exports = 1;\n"), { kind: "unknown" }],
    ["an empty file", new Uint8Array(), { kind: "unknown" }],
  ])("tells %s", (_, bytes, kind) => {
    expect(readBinaryKind(bytes)).toEqual(kind);
  });
});

function header(hex: string): Uint8Array {
  return Buffer.concat([Buffer.from(hex, "hex"), Buffer.alloc(20)]).subarray(0, 20);
}

function elf(machine: number): Uint8Array {
  const bytes = Buffer.from(header("7f454c46020101"));
  bytes.writeUInt16LE(machine, 18);
  return bytes;
}
