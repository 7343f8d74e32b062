import type { ProcessExit } from "../function-errors.ts";
import type { Reaper } from "./reaper.ts";

export interface ProcessPlan {
  /** Executed as it is, without a shell. */
  readonly file: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Off, nothing samples the memory while the process runs, which takes time, and no limit holds. */
  readonly watchMemory: boolean;
  /** A process tree that holds more is killed. Infinity for no limit. */
  readonly memoryLimitBytes: number;
  readonly onLine: (line: string) => void;
  readonly reaper: Reaper;
}

/** A process of a function, with all that it starts. */
export interface FunctionProcess {
  readonly pid: number;
  /** Resolves when nothing of it is alive and its output has been read. */
  readonly ended: Promise<ProcessExit>;
  /** The most memory seen so far, in MiB. */
  readonly maxMemoryMb: number;
  freeze(): void;
  thaw(): void;
  terminate(): void;
  kill(): void;
  /** Resolves when what it wrote before this call has become log lines and its memory has been measured. */
  settle(): Promise<void>;
}

export type ProcessStart =
  | { readonly kind: "started"; readonly process: FunctionProcess }
  /** `reason` in the words of the C library, as Lambda reports it. */
  | { readonly kind: "failed"; readonly reason: string };

const SPAWN_FAILURES: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  ENOEXEC: "exec format error",
};

/** Why a program could not be executed, as the C library says it. */
export function spawnFailure(code: string): string {
  return SPAWN_FAILURES[code] ?? code;
}
