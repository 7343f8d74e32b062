import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readVersionNeeds } from "../elf-versions.ts";
import { checkBinaries } from "./release-binaries.ts";
import type { BuildTarget } from "../target.ts";

const LAMBDA: BuildTarget = { os: "linux", arch: "x86_64", lambda: true };
const folder = mkdtempSync(join(tmpdir(), "mayfly-elf-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A 64-bit ELF file with nothing but version needs: one library with these versions. */
function elf(versions: readonly string[], machine = 62): Buffer {
  const [table, sections] = [64, 64 + 2 * 64];
  const strings = Buffer.from(`\0${versions.join("\0")}\0`);
  const needs = Buffer.alloc(16 + versions.length * 16);
  needs.writeUInt16LE(1, 0);
  needs.writeUInt16LE(versions.length, 2);
  needs.writeUInt32LE(16, 8);
  let name = 1;
  for (const [index, version] of versions.entries()) {
    const at = 16 + index * 16;
    needs.writeUInt32LE(name, at + 8);
    needs.writeUInt32LE(index === versions.length - 1 ? 0 : 16, at + 12);
    name += version.length + 1;
  }
  const header = Buffer.alloc(table);
  header.write("\x7fELF", 0, "latin1");
  header.set([2, 1, 1], 4);
  header.writeUInt16LE(machine, 18);
  header.writeBigUInt64LE(BigInt(table), 0x28);
  header.writeUInt16LE(64, 0x3a);
  header.writeUInt16LE(2, 0x3c);
  const section = (type: number, offset: number, link: number, info: number): Buffer => {
    const bytes = Buffer.alloc(64);
    bytes.writeUInt32LE(type, 4);
    bytes.writeBigUInt64LE(BigInt(offset), 0x18);
    bytes.writeUInt32LE(link, 0x28);
    bytes.writeUInt32LE(info, 0x2c);
    return bytes;
  };
  return Buffer.concat([
    header,
    section(0x6ffffffe, sections, 1, 1),
    section(3, sections + needs.length, 0, 0),
    needs,
    strings,
  ]);
}

function inPackage(content: Buffer): readonly Parameters<typeof checkBinaries>[0][number][] {
  const path = join(folder, "program");
  writeFileSync(path, content);
  return [{ name: "beam/program", path, bytes: content.length, executable: true }];
}

test("the versions that an ELF file asks for are read from it", () => {
  expect(readVersionNeeds(elf(["GLIBC_2.2.5", "GLIBC_2.38", "GLIBC_PRIVATE"]))).toEqual([
    "GLIBC_2.2.5",
    "GLIBC_2.38",
    "GLIBC_PRIVATE",
  ]);
});

test.each([
  ["a text", Buffer.from("#!/bin/sh\necho hello, this is no program at all, whatever it looks like to you\n")],
  ["nothing", Buffer.alloc(0)],
])("%s asks for no versions", (_, content) => {
  expect(readVersionNeeds(content)).toEqual([]);
});

test.each(["GLIBC_2.34", "GLIBCXX_3.4.29", "GLIBC_2.9", "GLIBC_PRIVATE", "OTHER_9"])("Lambda has %s", (version) => {
  expect(() => checkBinaries(inPackage(elf([version])), LAMBDA, "machine")).not.toThrow();
});

test.each(["GLIBC_2.35", "GLIBC_2.100", "GLIBC_3", "GLIBCXX_3.4.30"])("Lambda doesn't have %s", (version) => {
  const files = inPackage(elf(["GLIBC_2.2.5", version]));
  expect(() => checkBinaries(files, LAMBDA, "machine")).toThrow(`beam/program needs ${version}`);
  expect(() => checkBinaries(files, { ...LAMBDA, lambda: false }, "machine")).not.toThrow();
});

test.each([
  ["machine", "This machine's Erlang", "mayfly build --docker"],
  ["container", "The container's Erlang", "amazonlinux:2023"],
] as const)("what the %s made too new is told with what to do there", (origin, whose, hint) => {
  expect(() => checkBinaries(inPackage(elf(["GLIBC_2.38"])), LAMBDA, origin)).toThrow(
    expect.objectContaining({ message: expect.stringContaining(whose), hint: expect.stringContaining(hint) }),
  );
});

test("a program for another processor is refused, wherever it is to run", () => {
  const files = inPackage(elf([], 183));
  expect(() => checkBinaries(files, { ...LAMBDA, lambda: false }, "machine")).toThrow(
    "beam/program is made for another",
  );
  expect(() => checkBinaries(files, { ...LAMBDA, arch: "arm64" }, "machine")).not.toThrow();
});
