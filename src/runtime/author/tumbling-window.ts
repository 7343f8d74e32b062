import { type BatchHandler, failuresOf } from "./batch.ts";
import { handleAll } from "./batch-handling.ts";
import { type BatchRecord, readBatch } from "./batch-records.ts";
import { type Context, wholeContext } from "../context.ts";
import { type Err, resultKind } from "../results.ts";

/** What a stream with a tumbling window sends: records, and the state that the function made of those before them. */
export interface TumblingWindowEvent<Record extends BatchRecord, State> {
  readonly Records: readonly Record[];
  /** `{}` at the start of a window. */
  readonly state?: State;
  /** ISO 8601. */
  readonly window: { readonly start: string; readonly end: string };
  readonly shardId: string;
  readonly isFinalInvokeForWindow: boolean;
  readonly isWindowTerminatedEarly: boolean;
}

export interface TumblingWindowSteps<Record extends BatchRecord, State> {
  /** Of a window that has no records yet. It goes through JSON, as every state does; Lambda keeps 1 MB for a shard. */
  readonly initial: State;
  /**
   * Takes a record in: returns the new state, or changes the one it is given, which is a copy. A record that throws or
   * returns `err()` is not in the state, ends the batch and comes again.
   */
  readonly add: (state: State, record: Record, context: Context) => Step<State> | Promise<Step<State>>;
  /** The window is complete. When it throws, the invocation fails, and its records and the end come again. */
  readonly close?: (state: State, event: TumblingWindowEvent<Record, State>, context: Context) => unknown;
}

// oxlint-disable-next-line typescript/no-invalid-void-type -- what a function without a return statement returns
type Step<State> = State | Err<unknown> | void;

/**
 * A handler for a Kinesis or DynamoDB stream with a tumbling window: the records of one shard and period, in their
 * order, aggregated over as many invocations as it takes. The event source mapping must have `TumblingWindowInSeconds`
 * and `FunctionResponseTypes: ["ReportBatchItemFailures"]`.
 * @throws Error for an event of another source, or without a window
 */
export function tumblingWindow<Record extends BatchRecord, State>(
  steps: TumblingWindowSteps<Record, State>,
): BatchHandler<TumblingWindowEvent<Record, State>> {
  return async (event, given) => {
    const context = wholeContext(given);
    const received = readBatch<Record>(event);
    // What is invoked by hand is anything, and so is an event source mapping without a window.
    if (typeof event.isFinalInvokeForWindow !== "boolean") {
      throw new Error("Not a tumbling window: the event source mapping has no TumblingWindowInSeconds.");
    }
    let state = stateOf(event, steps.initial);
    /** By record: one that is late is not done, and must not be in the state that goes out. */
    const after = new Map<Record, State>();
    const add = async (record: Record): Promise<unknown> => {
      const copy = structuredClone(state);
      const step = await steps.add(copy, record, context);
      if (isErr(step)) return step;
      state = step === undefined ? copy : step;
      after.set(record, state);
      return undefined;
    };
    const done = await handleAll({ ...received, order: "stream" }, 1, add, context);
    const batchItemFailures = failuresOf({ ...received, order: "stream" }, done);
    const last = received.items.findLast((item) => done.has(item));
    const reached = (last && after.get(last.record)) ?? stateOf(event, steps.initial);
    if (event.isFinalInvokeForWindow && batchItemFailures.length === 0) await steps.close?.(reached, event, context);
    return { batchItemFailures, state: reached };
  };
}

function stateOf<State>({ state }: { readonly state?: State }, initial: State): State {
  const isNew = state === undefined || state === null || (typeof state === "object" && Object.keys(state).length === 0);
  return structuredClone(isNew ? initial : state);
}

function isErr(value: unknown): value is Err<unknown> {
  const result = resultKind(value);
  return result !== undefined && "reason" in result;
}
