import type { Workload } from "../workloads.ts";
import type { RuntimeName } from "./runtimes.ts";

/** A workload on a runtime, ready to be started. */
export interface Case {
  readonly workload: Workload;
  readonly runtime: RuntimeName;
  readonly command: readonly string[];
  /** Working directory, and what LAMBDA_TASK_ROOT says. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly zippedBytes: number;
  readonly unzippedBytes: number;
  /** Takes several invocations at a time in one environment (AWS_LAMBDA_MAX_CONCURRENCY). */
  readonly concurrent: boolean;
}

export interface Place {
  /** For what is built; deleted at the end. */
  readonly folder: string;
  /** The repository. */
  readonly root: string;
  readonly progress: (step: string) => void;
}
