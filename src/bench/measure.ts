import { type Timeline, readTimeline } from "./marks.ts";
import { timeToEnd } from "./empty-program.ts";
import { OneStart, type StartPlan } from "./one-start.ts";
import type { UsageReader } from "./process-usage.ts";

export interface MeasurePlan {
  readonly plain: StartPlan;
  /** The same function with marks in it; undefined where there are no modules to mark. */
  readonly marked: StartPlan | undefined;
  /** Path of a compiled program that does nothing. */
  readonly emptyProgram: string;
  readonly event: Uint8Array;
  readonly rounds: number;
  readonly usage: UsageReader;
  readonly progress: (step: string) => void;
}

/** One value a round, in milliseconds unless said otherwise. */
export interface Measurements {
  readonly emptyProgram: readonly number[];
  readonly init: readonly number[];
  readonly initCpu: readonly number[];
  readonly first: readonly number[];
  /** Of all rounds. */
  readonly steady: readonly number[];
  /** The mean of a round's steady invocations. */
  readonly steadyCpu: readonly number[];
  readonly peakBytes: readonly number[];
  readonly marked: readonly MarkedStart[];
  /** Whether time ran out before all rounds were done. */
  readonly cutShort: boolean;
}

export interface MarkedStart {
  readonly initMs: number;
  /** From the start of the process to the first line of the runtime. */
  readonly engineMs: number;
  readonly init: Timeline;
  /** Init and the first invocation. */
  readonly throughFirst: Timeline;
  readonly firstMs: number;
}

/** Rounds beyond this time are not begun, but for the fewest that say anything. */
const TIME_LIMIT_MS = 60_000;
const MIN_ROUNDS = 5;
/** Until the code of a fast handler is compiled and its connections are open. */
const SETTLING = 20;
const SETTLING_MS = 150;
const STEADY = 100;
const STEADY_MS = 250;

/**
 * Rounds in which the cases take turns, so that a drift of the machine meets all of them alike. The first one warms the page
 * cache and shows whether the function works; it does not count.
 * @throws Fault MAYFLY_BENCH_FUNCTION when the function fails
 */
export async function measure(plan: MeasurePlan): Promise<Measurements> {
  const values = {
    emptyProgram: [] as number[],
    init: [] as number[],
    initCpu: [] as number[],
    first: [] as number[],
    steady: [] as number[],
    steadyCpu: [] as number[],
    peakBytes: [] as number[],
    marked: [] as MarkedStart[],
  };
  plan.progress("Trying the function");
  await plainRound(plan);
  if (plan.marked !== undefined) await markedRound(plan.marked, plan.event);
  const started = performance.now();
  let round = 0;
  while (round < plan.rounds && (round < MIN_ROUNDS || performance.now() - started < TIME_LIMIT_MS)) {
    round += 1;
    plan.progress(`Measuring, round ${round} of ${plan.rounds}`);
    values.emptyProgram.push(await timeToEnd(plan.emptyProgram));
    const plain = await plainRound(plan);
    values.init.push(plain.initMs);
    values.first.push(plain.firstMs);
    values.steady.push(...plain.steady);
    if (plain.usage !== undefined) {
      values.initCpu.push(plain.usage.initCpuMs);
      values.peakBytes.push(plain.usage.peakBytes);
      values.steadyCpu.push(plain.usage.steadyCpuMs);
    }
    if (plan.marked !== undefined) values.marked.push(await markedRound(plan.marked, plan.event));
  }
  return { ...values, cutShort: round < plan.rounds };
}

interface PlainRound {
  readonly initMs: number;
  readonly firstMs: number;
  readonly steady: readonly number[];
  readonly usage: { readonly initCpuMs: number; readonly steadyCpuMs: number; readonly peakBytes: number } | undefined;
}

async function plainRound({ plain, event, usage }: MeasurePlan): Promise<PlainRound> {
  const start = await OneStart.start(plain);
  try {
    const afterInit = usage(start.pid);
    const firstMs = await start.invoke(event);
    await invokeFor(start, event, SETTLING, SETTLING_MS);
    const before = usage(start.pid);
    const steady = await invokeFor(start, event, STEADY, STEADY_MS);
    const after = usage(start.pid);
    if (afterInit === undefined || before === undefined || after === undefined) {
      return { initMs: start.initMs, firstMs, steady, usage: undefined };
    }
    const steadyCpuMs = (after.cpuMs - before.cpuMs) / steady.length;
    return {
      initMs: start.initMs,
      firstMs,
      steady,
      usage: { initCpuMs: afterInit.cpuMs, steadyCpuMs, peakBytes: after.peakBytes },
    };
  } finally {
    await start.end();
  }
}

/** At least one, at most `count`, and none begun after `ms`. */
async function invokeFor(start: OneStart, event: Uint8Array, count: number, ms: number): Promise<readonly number[]> {
  const began = performance.now();
  const times: number[] = [];
  do times.push(await start.invoke(event));
  while (times.length < count && performance.now() - began < ms);
  return times;
}

async function markedRound(plan: StartPlan, event: Uint8Array): Promise<MarkedStart> {
  const start = await OneStart.start(plan);
  try {
    const init = await start.marks();
    const firstMs = await start.invoke(event);
    const first = await start.marks();
    if (init === undefined || first === undefined)
      throw new Error("The instrumented function ended before it told its marks");
    const timeline = readTimeline(init.origin, init.marks);
    return {
      initMs: start.initMs,
      engineMs: timeline.firstAt - start.startedAt,
      init: timeline,
      throughFirst: readTimeline(first.origin, first.marks),
      firstMs,
    };
  } finally {
    await start.end();
  }
}
