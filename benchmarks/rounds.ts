import type { Case } from "./cases/case.ts";
import type { RuntimeName } from "./cases/runtimes.ts";
import { CpuQuota } from "./cpu-quota.ts";
import { dropPageCache, idleMachine } from "./machine.ts";
import { measureConcurrent } from "./measure-concurrent.ts";
import { measureEmpty, measureStart, type Sample } from "./measure-start.ts";
import type { Phase, Recorder } from "./results.ts";
import type { RuntimeApi } from "./runtime-api.ts";

/** Invocations of a start with the quota: the first, and enough to see the steady state. */
const QUOTA_INVOCATIONS = 16;
/** The workloads and runtimes that a phase is about; the warm one is about all. */
const SCOPE: Readonly<
  Record<Phase, { readonly workloads?: readonly string[]; readonly runtimes?: readonly RuntimeName[] }>
> = {
  warm: {},
  cold: { workloads: ["hello", "sdk", "elixir"] },
  concurrent: { workloads: ["hello"] },
  "quota-invoke": { workloads: ["hello", "sdk"], runtimes: ["mayfly", "aws", "bun"] },
  "quota-init": { workloads: ["hello", "sdk"], runtimes: ["mayfly", "aws", "bun"] },
};

/** A case that failed twice in a row and was left out from then on. */
export class CaseFailure extends Error {
  override readonly name = "CaseFailure";
  /** `sdk on deno, warm` */
  readonly what: string;
  /** First line of what it said. */
  readonly why: string;

  constructor(phase: string, one: Case, cause: unknown) {
    const what = `${one.workload.name} on ${one.runtime}, ${phase}`;
    super(`${what} failed`, { cause });
    this.what = what;
    [this.why = ""] = String(cause).split("\n", 1);
  }
}

export interface PhaseParts {
  readonly cases: readonly Case[];
  /** Path of the empty program. */
  readonly empty: string | undefined;
  readonly api: RuntimeApi;
  readonly recorder: Recorder;
  readonly progress: (step: string) => void;
  readonly failed: (failure: CaseFailure) => void;
  /** Whether a round waits for an idle machine. */
  readonly patient: boolean;
}

/** One start of each case, not timed. @returns those that work */
export async function tryOut({ cases, api, progress, failed }: PhaseParts): Promise<readonly Case[]> {
  const working: Case[] = [];
  for (const one of cases) {
    progress(`trying ${one.workload.name} on ${one.runtime}`);
    try {
      await measureStart(api, one);
      working.push(one);
    } catch (error) {
      failed(new CaseFailure("tried out", one, error));
    }
  }
  return working;
}

function casesOf(phase: Phase, cases: readonly Case[]): readonly Case[] {
  const { workloads, runtimes } = SCOPE[phase];
  return cases.filter(
    ({ workload, runtime }) => (workloads?.includes(workload.name) ?? true) && (runtimes?.includes(runtime) ?? true),
  );
}

/**
 * All rounds of one phase. In each, every case has one turn, so that a drift of the machine meets all of them alike.
 * @returns how many rounds began while something else was running
 */
export async function runPhase(phase: Phase, rounds: number, parts: PhaseParts): Promise<number> {
  const { api, recorder } = parts;
  const cases = new Set(casesOf(phase, parts.cases));
  if (cases.size === 0) return 0;
  const quota = phase === "quota-invoke" || phase === "quota-init" ? new CpuQuota() : undefined;
  let disturbed = 0;
  try {
    for (let round = 1; round <= rounds; round += 1) {
      parts.progress(`${phase}, round ${round} of ${rounds}`);
      if (parts.patient && !(await idleMachine())) disturbed += 1;
      if (phase === "warm" && parts.empty !== undefined) {
        recorder.add(phase, "floor", "empty", await measureEmpty(parts.empty));
      }
      // Every second round backwards: what follows a heavy case is not always the same one.
      for (const one of round % 2 === 0 ? [...cases].toReversed() : [...cases]) {
        try {
          recorder.add(phase, one.workload.name, one.runtime, await twice(() => measure(phase, api, one, quota)));
        } catch (error) {
          parts.failed(new CaseFailure(phase, one, error));
          recorder.drop(phase, one.workload.name, one.runtime);
          cases.delete(one);
        }
      }
    }
  } finally {
    quota?.remove();
  }
  return disturbed;
}

/** The first failure can be the machine's. */
async function twice(attempt: () => Promise<Sample>): Promise<Sample> {
  try {
    return await attempt();
  } catch {
    return attempt();
  }
}

async function measure(phase: Phase, api: RuntimeApi, one: Case, quota: CpuQuota | undefined): Promise<Sample> {
  switch (phase) {
    case "warm":
      return measureStart(api, one);
    case "cold":
      dropPageCache();
      return measureStart(api, one, { invocations: 1 });
    case "concurrent":
      return measureConcurrent(api, one);
    case "quota-invoke":
    case "quota-init": {
      if (quota === undefined) throw new Error("this phase needs a quota");
      const limited = { invocations: QUOTA_INVOCATIONS, command: quota.enter(one.command), memoryMb: 128 };
      if (phase === "quota-init") quota.limit();
      else quota.lift();
      return measureStart(
        api,
        one,
        phase === "quota-init" ? limited : { ...limited, initialised: () => quota.limit() },
      );
    }
    default:
      return phase satisfies never;
  }
}
