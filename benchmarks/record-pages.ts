// `npm run bench pages`: records which pages of the engine a start and a first invocation read, and writes them to
// src/build/layout/start-pages.ts. On Linux as root: the files have to lie where the kernel reads nothing ahead, which
// is a setting of a block device, so they get one of their own (losetup, mkfs.ext4).
import { dlopen, FFIType, ptr } from "bun:ffi";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { PT_LOAD, type ProgramHeader, readExecutable } from "../src/build/layout/elf/program-headers.ts";
import { hostTarget } from "../src/build/target.ts";
import { mayflyCase } from "./cases/mayfly.ts";
import { measureStart } from "./measure-start.ts";
import { runCommand } from "./run-command.ts";
import { RuntimeApi } from "./runtime-api.ts";
import { WORKLOADS } from "./workloads.ts";

const PAGE_BYTES = 4096;
/** Holes of fewer pages are filled: that is read in less time than one more range takes. */
const LEAST_HOLE = 5;
const IMAGE_BYTES = 256 * 2 ** 20;

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "mayfly-pages-"));
const mount = join(folder, "mount");
mkdirSync(mount);
const image = join(folder, "image");
writeFileSync(image, "");
truncateSync(image, IMAGE_BYTES);
runCommand("mkfs.ext4", ["-q", "-F", image]);
const device = runCommand("losetup", ["--find", "--show", image]).trim();
writeFileSync(`/sys/block/${basename(device)}/queue/read_ahead_kb`, "0");
runCommand("mount", [device, mount]);
const api = new RuntimeApi();
const engine = new Uint8Array(await Bun.file(process.execPath).arrayBuffer());
const loads = loadsOf(engine);
const pages = new Set<number>();
try {
  for (const workload of WORKLOADS) {
    // A laid out one would read ahead by itself.
    const built = await mayflyCase(workload, { folder, root, progress: () => undefined }, ["--no-layout"]);
    const bootstrap = join(mount, "bootstrap");
    copyFileSync(join(built.folder, "bootstrap"), bootstrap);
    // Mounted anew, nothing of it is in memory.
    runCommand("umount", [mount]);
    runCommand("mount", [device, mount]);
    await measureStart(api, { ...built, folder: mount }, { invocations: 1 });
    const found = residentPages(bootstrap);
    // The file stays mapped, and so its file system in use, until then.
    Bun.gc(true);
    for (const page of found) pages.add(page);
    process.stderr.write(`${workload.name}: ${found.length} pages of the engine\n`);
  }
} finally {
  await api.stop();
  runCommand("umount", [mount]);
  runCommand("losetup", ["--detach", device]);
  rmSync(folder, { recursive: true });
}
for (const load of loads) if ((load.flags & 2) !== 0) addAll(load);
writeFileSync(join(root, "src/build/layout/start-pages.ts"), formatPages(rangesOf(pages)));

function loadsOf(file: Uint8Array): readonly ProgramHeader[] {
  return readExecutable(file)?.headers.filter(({ type }) => type === PT_LOAD) ?? [];
}

/** Few, and written to from the first moment on: not worth a choice. */
function addAll({ address, fileBytes }: ProgramHeader): void {
  for (let at = address; at < address + fileBytes; at += PAGE_BYTES) pages.add(Math.floor(at / PAGE_BYTES));
}

/** Pages of the engine that are in memory, by their address there. */
function residentPages(path: string): readonly number[] {
  const file = Bun.mmap(path, { shared: true });
  const flags = new Uint8Array(Math.ceil(file.length / PAGE_BYTES));
  const libc = dlopen("libc.so.6", {
    mincore: { args: [FFIType.ptr, FFIType.u64, FFIType.ptr], returns: FFIType.i32 },
  });
  if (libc.symbols.mincore(ptr(file), file.length, ptr(flags)) !== 0) throw new Error("mincore failed");
  libc.close();
  const parts = loadsOf(file);
  return parts.flatMap(({ address, offset, fileBytes }) => {
    const first = Math.floor(offset / PAGE_BYTES);
    const last = Math.ceil((offset + fileBytes) / PAGE_BYTES);
    return Array.from({ length: last - first }, (_, index) => index)
      .filter((index) => ((flags[first + index] ?? 0) & 1) !== 0)
      .map((index) => Math.floor(address / PAGE_BYTES) + index)
      .filter((page) => loads.some((load) => isWithin(page * PAGE_BYTES, load)));
  });
}

function isWithin(address: number, load: ProgramHeader): boolean {
  return address + PAGE_BYTES > load.address && address < load.address + load.fileBytes;
}

/** By address, `[first, end]` without the end. */
function rangesOf(all: ReadonlySet<number>): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const page of [...all].toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && page - last[1] < LEAST_HOLE) last[1] = page + 1;
    else ranges.push([page, page + 1]);
  }
  return ranges;
}

function formatPages(ranges: readonly (readonly [number, number])[]): string {
  const { arch } = hostTarget();
  const list = ranges.map(([first, end]) => `${first.toString(16)}-${end.toString(16)}`).join(" ");
  return `import type { Arch } from "../../project/types.ts";

/** Pages of an engine that starts and first invocations read. */
export interface StartPages {
  /** The SHA-256 of the engine they were recorded of, hexadecimal. */
  readonly engine: string;
  /** Ranges of 4 KiB pages by address, \`first-end\` without the end, hexadecimal. */
  readonly pages: string;
}

/** Written by \`npm run bench pages\`, from the workloads in bench. */
export const START_PAGES: Readonly<Partial<Record<Arch, StartPages>>> = {
  ${arch}: {
    engine: "${new Bun.CryptoHasher("sha256").update(engine).digest("hex")}",
    pages:
      "${list}",
  },
};
`;
}
