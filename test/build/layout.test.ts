import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { joined } from "../../src/support/slices.ts";
import { type CodePlace, layOut, type LayoutOptions } from "../../src/build/layout/elf/lay-out.ts";
import { PF_X, PT_LOAD, readExecutable, readProgram } from "../../src/build/layout/elf/program-headers.ts";
import { ENGINES } from "../../src/build/engine/engine-pins.ts";
import { bundlePages } from "../../src/build/layout/bundle-pages.ts";
import { programPages, startPages } from "../../src/build/layout/lay-out-bootstrap.ts";
import { START_PAGES } from "../../src/build/layout/start-pages.ts";
import { testProject } from "./test-project.ts";

const PAGE = 4096;
/** The engine's: the ELF header and nine program headers. */
const HEADERS_BYTES = 64 + 9 * 56;
const HANDLER = { "src/hello.ts": `export const handle = () => "Hello";\n` };
/** Layouts are recorded for x86_64 alone, and macOS has no ELF files. */
const isLaidOut = process.platform === "linux" && process.arch === "x64";

test("the pages of a start are those of the pinned engine: after a change of it, record them with npm run bench pages", () => {
  expect(START_PAGES.x86_64?.engine).toBe(ENGINES.x86_64.sha256);
  const ranges = startPages("x86_64") ?? [];
  expect(ranges.length).toBeGreaterThan(10);
  for (const [index, { start, end }] of ranges.entries()) {
    expect(start).toBeGreaterThanOrEqual(ranges[index - 1]?.end ?? 0);
    expect(end).toBeGreaterThan(start);
  }
});

describe.runIf(isLaidOut)("a bootstrap", () => {
  let project: ReturnType<typeof testProject>;
  let plain: Uint8Array;
  let laidOut: Uint8Array;
  beforeAll(async () => {
    project = testProject(HANDLER);
    plain = await build(project, ["--no-layout"]);
    laidOut = await build(project, []);
  });
  afterAll(() => project[Symbol.dispose]());

  test("that is laid out has the same memory at each address and begins with a start's pages", async () => {
    expect(same(await build(project, []), laidOut)).toBe(true);

    const memory = pagesOf(laidOut);
    const before = pagesOf(plain);
    // The headers' own segment is new, and the code that reads ahead.
    const added = [...memory.keys()].filter((address) => !before.has(address));
    expect(added.every((address) => address < 0x20_0000)).toBe(true);
    const differing = [...before].filter(([address, page]) => {
      const other = memory.get(address);
      return other === undefined || other.flags !== page.flags || !same(other.bytes, page.bytes);
    });
    expect(differing.map(([address]) => address.toString(16))).toEqual([]);

    const wanted = programPages(plain, "x86_64")?.first ?? [];
    expect(wanted.length).toBeGreaterThan(10);
    const bytes = wanted.reduce((sum, { start, end }) => sum + end - start, 0);
    expect(bytes).toBeLessThan(plain.length / 2);
    const offsets = wanted.map(({ start }) => memory.get(start - (start % PAGE))?.offset ?? Infinity);
    expect(Math.max(...offsets)).toBeLessThan(bytes + 100 * PAGE);
    expect(laidOut.length).toBeLessThan(plain.length + 100 * PAGE);
  });

  // docs/licenses.md promises it: the engine can be taken for another.
  test("without a layout holds the engine as it is published, but for headers and a pointer to the program", () => {
    const engine = pagesOf(
      readFileSync(join(import.meta.dirname, "../../node_modules", ENGINES.x86_64.package, "bin/bun")),
    );
    const pages = pagesOf(plain);
    const changed = [...engine].filter(([address, { bytes }]) => {
      const other = pages.get(address)?.bytes;
      return other === undefined || !same(other.subarray(0, bytes.length), bytes);
    });
    expect(changed.filter(([, { flags }]) => (flags & PF_X) !== 0)).toEqual([]);
    expect(changed.length).toBeLessThanOrEqual(3);
  });

  test("shows what the compiler added, and the bare engine doesn't", () => {
    const ranges = bundlePages(plain);
    expect(ranges.length).toBe(2);
    const loads = readExecutable(plain)?.headers.filter(({ type }) => type === PT_LOAD) ?? [];
    const last = loads.at(-1);
    expect(ranges.every(({ start, end }) => start >= (last?.address ?? 0) && end <= endOf(last))).toBe(true);
    expect(bundlePages(plain.subarray(0, plain.length / 2))).toEqual([]);
  });

  test("maps code that is added where it was said, and runs it first", () => {
    let told: CodePlace = { address: 0, entry: 0, loads: [] };
    const result = laidOutAs(plain, {
      first: [],
      code: {
        room: 10,
        write: (place) => {
          told = place;
          return { bytes: Uint8Array.of(1, 2, 3), entry: place.address + 1 };
        },
      },
    });
    const written = result === undefined ? undefined : readExecutable(result);
    expect(told.entry).toBe(readExecutable(plain)?.entry);
    expect(written?.entry).toBe(told.address + 1);
    const loads = written?.headers.filter(({ type, address }) => type === PT_LOAD && address > told.address);
    expect(loads).toEqual(told.loads);
    const segment = written?.headers.find(({ type, address }) => type === PT_LOAD && address === told.address);
    expect((segment?.flags ?? 0) & PF_X).toBe(PF_X);
    expect(result?.subarray(segment?.offset, (segment?.offset ?? 0) + 3)).toEqual(Uint8Array.of(1, 2, 3));
  });

  test("that is laid out has nothing amiss for readelf and the dynamic loader", ({ skip }) => {
    if (spawnSync("readelf", ["--version"]).status !== 0) skip("readelf is not installed");
    const path = join(project.folder, "laid-out");
    writeFileSync(path, laidOut, { mode: 0o755 });
    const { status, stdout, stderr } = spawnSync("readelf", ["-hldW", path], { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("ld-linux");
    const loader = spawnSync("/lib64/ld-linux-x86-64.so.2", ["--list", path], { encoding: "utf8" });
    expect([loader.status, loader.stdout]).toEqual([0, expect.stringContaining("libc.so.6")]);
  });
});

test("what is no executable with fixed addresses is not laid out", () => {
  expect(readProgram(new Uint8Array(10))).toBe(undefined);
  const library = new Uint8Array(100);
  library.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  library[16] = 3;
  expect(readProgram(library)).toBe(undefined);
});

function laidOutAs(file: Uint8Array, options: LayoutOptions): Uint8Array | undefined {
  const program = readProgram(file);
  const slices = program && layOut(program, options);
  return slices && joined(slices);
}

async function build(project: ReturnType<typeof testProject>, flags: readonly string[]): Promise<Uint8Array> {
  const { code, stderr } = await project.mayfly(["build", "src/hello.ts", ...flags]);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  return new Uint8Array(readFileSync(join(project.folder, "bootstrap")));
}

interface Page {
  readonly flags: number;
  readonly bytes: Uint8Array;
  readonly offset: number;
}

/** Memory as the kernel makes it of the file: whole pages of it, and zeros behind the end in the file. */
function pagesOf(file: Uint8Array): ReadonlyMap<number, Page> {
  const pages = new Map<number, Page>();
  for (const header of readExecutable(file)?.headers ?? []) {
    if (header.type !== PT_LOAD) continue;
    const fileEnd = header.address + header.fileBytes;
    for (let at = header.address - (header.address % PAGE); at < header.address + header.memoryBytes; at += PAGE) {
      const offset = at - header.address + header.offset;
      const bytes = new Uint8Array(PAGE);
      if (at < fileEnd) bytes.set(file.subarray(offset, offset + PAGE));
      // The engine's own headers, which nobody reads in memory: they tell of the file.
      if (Buffer.from(bytes.buffer).toString("latin1", 0, 4) === "\x7fELF") bytes.fill(0, 0, HEADERS_BYTES);
      if (header.memoryBytes > header.fileBytes && fileEnd < at + PAGE) bytes.fill(0, Math.max(fileEnd - at, 0));
      pages.set(at, { flags: header.flags, bytes, offset });
    }
  }
  return pages;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function endOf(header: { readonly address: number; readonly fileBytes: number } | undefined): number {
  return header === undefined ? 0 : header.address + header.fileBytes;
}
