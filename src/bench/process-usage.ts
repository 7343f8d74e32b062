import { dlopen, type Pointer, ptr } from "bun:ffi";
import { readProcFile } from "./proc-file.ts";
import { withDescendants } from "./with-descendants.ts";

/** What a process and all that it started have used so far. */
export interface ProcessUsage {
  /** The most memory each of them ever held, summed up. */
  readonly peakBytes: number;
  readonly cpuMs: number;
}

/** Reads usage; undefined where the system doesn't tell it as exactly as this needs, which is anywhere but on Linux. */
export type UsageReader = (leader: number) => ProcessUsage | undefined;

export function usageReader(): UsageReader {
  if (process.platform !== "linux") return () => undefined;
  const cpuMs = cpuClock();
  return (leader) => {
    const usage = { peakBytes: 0, cpuMs: 0 };
    for (const pid of withDescendants(leader)) {
      usage.peakBytes += Number(/^VmHWM:\s+(\d+) kB$/m.exec(readProcFile(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
      usage.cpuMs += cpuMs(pid);
    }
    return usage;
  };
}

/**
 * The CPU time of another process, in nanoseconds. /proc counts it in hundredths of a second, several starts long.
 * Source of the clock's number: clock_getcpuclockid(3), and `CPUCLOCK_SCHED` in Linux's include/linux/posix-timers.h.
 */
function cpuClock(): (pid: number) => number {
  const libc = dlopen("libc.so.6", { clock_gettime: { args: ["i32", "ptr"], returns: "i32" } });
  const time = new BigInt64Array(2);
  const pointer: Pointer = ptr(time);
  return (pid) => {
    // A process that has ended counts as nothing.
    if (libc.symbols.clock_gettime((~pid << 3) | 2, pointer) !== 0) return 0;
    return Number(time[0] ?? 0n) * 1e3 + Number(time[1] ?? 0n) / 1e6;
  };
}
