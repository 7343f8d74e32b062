import { spawn } from "node:child_process";
import { median } from "../src/bench/statistics.ts";
import type { Case } from "./cases/case.ts";
import { Environment } from "./environment.ts";
import { cpuMsOf, peakMbOf } from "./process-tree.ts";
import type { Metric } from "./results.ts";
import type { RuntimeApi } from "./runtime-api.ts";

export type Sample = Readonly<Partial<Record<Metric, number>>>;

/** A start that has not answered by then never will. */
const PATIENCE_MS = 60_000;

/** One start of one environment and its invocations, one after the other. */
export async function measureStart(
  api: RuntimeApi,
  one: Case,
  options: {
    readonly invocations?: number;
    readonly command?: readonly string[];
    readonly memoryMb?: number;
    /** Between the first `GET /next` and the first event. */
    readonly initialised?: () => void;
  } = {},
): Promise<Sample> {
  const invocations = options.invocations ?? one.workload.invocations;
  // Of the later ones, half: the first half warms up.
  const half = Math.ceil(invocations / 2);
  let initCpu: number | undefined;
  let halfCpu: number | undefined;
  const session = api.open({
    event: one.workload.event,
    check: one.workload.check,
    invocations,
    before: (index) => {
      if (index === 0) {
        initCpu = cpuMsOf([environment.pid]);
        options.initialised?.();
      }
      if (index === half) halfCpu = cpuMsOf([environment.pid]);
    },
  });
  const environment = new Environment(one, api.address, {
    endedEarly: (error) => session.fail(error),
    ...(options.command === undefined ? {} : { command: options.command }),
    ...(options.memoryMb === undefined ? {} : { memoryMb: options.memoryMb }),
  });
  const late = setTimeout(() => {
    session.fail(new Error(`${one.workload.name} on ${one.runtime} did not answer in time:\n${environment.output}`));
  }, PATIENCE_MS);
  try {
    const next = (await session.firstNext) - environment.startedAt;
    await session.finished;
    const trips = session.exchanges.map(({ givenAt, answeredAt }) => answeredAt - givenAt);
    const [first = Number.NaN] = trips;
    const cpu = difference(cpuMsOf([environment.pid]), halfCpu);
    const memory = peakMbOf([environment.pid]);
    return {
      next,
      first,
      response: next + first,
      ...(invocations > 1 ? { trip: median(trips.slice(half)) } : {}),
      ...(cpu === undefined || invocations === half ? {} : { cpu: cpu / (invocations - half) }),
      ...(initCpu === undefined ? {} : { initCpu }),
      ...(memory === undefined ? {} : { memory }),
    };
  } finally {
    clearTimeout(late);
    await environment.end();
  }
}

function difference(after: number | undefined, before: number | undefined): number | undefined {
  return after === undefined || before === undefined ? undefined : after - before;
}

/** Start to end of a program that does nothing. */
export function measureEmpty(program: string): Promise<Sample> {
  const started = performance.now();
  const child = spawn(program, { stdio: "ignore", env: {} });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", () => resolve({ floor: performance.now() - started }));
  });
}
