import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { systemErrorCode } from "../../support/system-error.ts";

/** Reads the machine's processes: who descends from whom, and how much memory they hold. */

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** `leader`, the members of its process group, and all their descendants, whatever group those moved to. */
export function processTree(leader: number): number[] {
  const rows = process.platform === "linux" ? linuxProcesses() : portableProcesses();
  const members = new Set([leader]);
  for (const row of rows) if (row.group === leader) members.add(row.pid);
  let grew = true;
  while (grew) {
    grew = false;
    for (const row of rows) {
      if (members.has(row.parent) && !members.has(row.pid)) {
        members.add(row.pid);
        grew = true;
      }
    }
  }
  return [...members];
}

/** The sum of the resident memory of these processes, in bytes. One that has gone counts as nothing. */
export function residentBytes(pids: readonly number[]): number {
  if (pids.length === 0) return 0;
  if (process.platform !== "linux") return portableResidentBytes(pids);
  return sumOf(pids, /^VmRSS:\s+(\d+) kB$/m);
}

/** The sum of the most that each of these processes has held so far, in bytes; outside of Linux what they hold now. */
export function peakBytes(pids: readonly number[]): number {
  if (process.platform !== "linux") return residentBytes(pids);
  return sumOf(pids, /^VmHWM:\s+(\d+) kB$/m);
}

function sumOf(pids: readonly number[], field: RegExp): number {
  return pids.reduce((sum, pid) => sum + Number(field.exec(readProc(`/proc/${pid}/status`))?.[1] ?? 0), 0) * 1024;
}

function linuxProcesses(): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readProc(`/proc/${name}/stat`);
    // The second field is the command in parentheses and may hold anything, so count from its end.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, parent, group] = fields;
    if (state === undefined || state === "Z" || parent === undefined || group === undefined) continue;
    rows.push({ pid: Number(name), parent: Number(parent), group: Number(group) });
  }
  return rows;
}

/** Empty when the process ended between the listing and the reading. */
function readProc(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ESRCH") return "";
    throw error;
  }
}

function portableProcesses(): ProcessRow[] {
  return ps(["-axo", "pid=,ppid=,pgid="]).flatMap(([pid, parent, group]) =>
    pid === undefined || parent === undefined || group === undefined ? [] : [{ pid, parent, group }],
  );
}

function portableResidentBytes(pids: readonly number[]): number {
  const wanted = new Set(pids);
  let kilobytes = 0;
  for (const [pid, rss] of ps(["-axo", "pid=,rss="])) {
    if (pid !== undefined && wanted.has(pid)) kilobytes += rss ?? 0;
  }
  return kilobytes * 1024;
}

function ps(options: readonly string[]): number[][] {
  const text = execFileSync("ps", options, { encoding: "utf8" });
  return text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
}
