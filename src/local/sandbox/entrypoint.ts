import { open, stat } from "node:fs/promises";
import { existsSync } from "node:fs";

/**
 * Why Lambda could not execute this file, in the words of its log; undefined when it could.
 * Asked beforehand because the C library's `execvp` hands a file the kernel refuses to a shell, which Lambda never does.
 */
export async function entrypointProblem(file: string): Promise<string | undefined> {
  const info = await stat(file).catch(() => undefined);
  if (info === undefined) return "no such file or directory";
  if (!info.isFile() || (info.mode & 0o111) === 0) return "permission denied";
  const head = await firstBytes(file, 20);
  if (head.subarray(0, 2).toString("latin1") === "#!") return undefined;
  return runsHere(head) ? undefined : "exec format error";
}

async function firstBytes(file: string, length: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await handle.read(buffer, 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

const ELF_MACHINES: Readonly<Record<number, string>> = { 62: "x64", 183: "arm64" };
const BINFMT_NAMES: Readonly<Record<string, string>> = { x64: "qemu-x86_64", arm64: "qemu-aarch64" };
const MACH_O_MAGICS: readonly number[] = [0xcffaedfe, 0xcafebabe];

function runsHere(head: Buffer): boolean {
  if (head.length < 20) return false;
  if (process.platform === "darwin") return MACH_O_MAGICS.includes(head.readUInt32BE(0));
  if (head.readUInt32BE(0) !== 0x7f454c46) return false;
  const machine = ELF_MACHINES[head.readUInt16LE(18)];
  if (machine === undefined) return false;
  return machine === process.arch || existsSync(`/proc/sys/fs/binfmt_misc/${BINFMT_NAMES[machine] ?? machine}`);
}
