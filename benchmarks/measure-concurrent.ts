import { median } from "../src/bench/statistics.ts";
import type { Case } from "./cases/case.ts";
import { Environment } from "./environment.ts";
import type { Sample } from "./measure-start.ts";
import { cpuMsOf, peakMbOf } from "./process-tree.ts";
import type { RuntimeApi } from "./runtime-api.ts";

/** Invocations in flight. It is what AWS's client takes on at a time for each core. */
export const CONCURRENCY = 8;
const INVOCATIONS = 1_600;
const WARM_UP = 400;
const PATIENCE_MS = 60_000;

/** One environment that takes them all where the runtime can, else one for each. */
export async function measureConcurrent(api: RuntimeApi, one: Case): Promise<Sample> {
  let before: number | undefined;
  const session = api.open({
    event: one.workload.event,
    check: one.workload.check,
    invocations: INVOCATIONS,
    before: (index) => {
      if (index === WARM_UP) before = cpuMsOf(environments.map(({ pid }) => pid));
    },
  });
  const start = (environment: Readonly<Record<string, string>>): Environment =>
    new Environment(one, api.address, { endedEarly: (error) => session.fail(error), environment });
  const environments = one.concurrent
    ? [start({ AWS_LAMBDA_MAX_CONCURRENCY: `${CONCURRENCY}` })]
    : Array.from({ length: CONCURRENCY }, () => start({}));
  const late = setTimeout(() => {
    const output = environments.map((environment) => environment.output).join("");
    session.fail(new Error(`${one.workload.name} on ${one.runtime} did not answer in time:\n${output}`));
  }, PATIENCE_MS);
  try {
    await session.finished;
    const pids = environments.map(({ pid }) => pid);
    const after = cpuMsOf(pids);
    const memory = peakMbOf(pids);
    const later = session.exchanges.slice(WARM_UP);
    const begin = session.exchanges[WARM_UP - 1]?.answeredAt ?? Number.NaN;
    const end = later.at(-1)?.answeredAt ?? Number.NaN;
    return {
      trip: median(later.map(({ givenAt, answeredAt }) => answeredAt - givenAt)),
      throughput: later.length / ((end - begin) / 1_000),
      ...(after === undefined || before === undefined ? {} : { cpu: (after - before) / later.length }),
      ...(memory === undefined ? {} : { memory }),
    };
  } finally {
    clearTimeout(late);
    await Promise.all(environments.map((environment) => environment.end()));
  }
}
