import type { Workload } from "../workloads.ts";

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

/** In the order of the tables. */
export const RUNTIMES = ["mayfly", "aws", "aws-unbundled", "bun", "deno", "llrt", "original"] as const;
export type RuntimeName = (typeof RUNTIMES)[number];

export const RUNTIME_TITLES: Readonly<Record<RuntimeName, string>> = {
  mayfly: "Mayfly",
  aws: "AWS's client, bundled",
  "aws-unbundled": "AWS's client, not bundled",
  bun: "plain Bun",
  deno: "Deno",
  llrt: "LLRT",
  original: "the original",
};

export interface Place {
  /** For what is built; deleted at the end. */
  readonly folder: string;
  /** The repository. */
  readonly root: string;
  readonly progress: (step: string) => void;
}
