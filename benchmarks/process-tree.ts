import { readdirSync, readFileSync } from "node:fs";

// What processes and all that they started have used, by Linux's /proc; `undefined` where there is none or they ended.

/** Processor time of the threads that live, to the nanosecond; those that have ended are not in it. */
export function cpuMsOf(pids: readonly number[]): number | undefined {
  return sum(pids.flatMap(withDescendants).map(processCpuMs));
}

/** Sum of the most that each process had resident. */
export function peakMbOf(pids: readonly number[]): number | undefined {
  return sum(pids.flatMap(withDescendants).map(processPeakMb));
}

function withDescendants(pid: number): readonly number[] {
  const children = threads(pid).flatMap((thread) => {
    const list = read(`/proc/${pid}/task/${thread}/children`) ?? "";
    return list.split(" ").filter(Boolean).map(Number);
  });
  return [pid, ...children.flatMap(withDescendants)];
}

function threads(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    // Not Linux, or it has ended.
    return [];
  }
}

/** schedstat counts nanoseconds, stat only hundredths of a second. Source: Documentation/scheduler/sched-stats. */
function processCpuMs(pid: number): number | undefined {
  return sum(
    threads(pid).map((thread) => {
      const stat = read(`/proc/${pid}/task/${thread}/schedstat`);
      return stat === undefined ? undefined : Number(stat.split(" ", 1)[0]) / 1e6;
    }),
  );
}

function processPeakMb(pid: number): number | undefined {
  const found = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? "");
  return found === null ? undefined : Number(found[1]) / 1024;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not Linux, or it has ended between the listing and the reading.
    return undefined;
  }
}

/** Of those that are known; `undefined` if none is. */
function sum(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
}
