import type { Batch, BatchItem, BatchRecord } from "./batch-records.ts";
import type { Context } from "../context.ts";
import { isPlausible } from "../deadline.ts";
import { describeError, describeReason, formatDocument } from "../describe-error.ts";
import { log } from "../log/log.ts";
import { resultKind } from "../results.ts";

/** Of the invocation's time left to answer in; of a short one a tenth. Milliseconds. */
const RESERVE_MS = 1_000;

/** The items that are done. Resolves once all is done that can be, or shortly before the deadline. */
export async function handleAll<Record extends BatchRecord>(
  { items, order }: Batch<Record>,
  concurrency: number,
  handle: (record: Record) => unknown,
  context: Context,
): Promise<ReadonlySet<BatchItem<Record>>> {
  const done = new Set<BatchItem<Record>>();
  // One at a time, a stream is handled in its own order, not only in that of each key.
  const lanes = order === "stream" && concurrency === 1 ? [[...items]] : lanesOf(items);
  let stopped = false;
  let answered = false;

  const worker = async (): Promise<void> => {
    for (let lane = lanes.shift(); lane !== undefined && !stopped; lane = lanes.shift()) {
      const item = lane.shift();
      if (item === undefined) continue;
      if (await succeeds(item, handle)) {
        // Too late it was told as not done, and comes again.
        if (!answered) done.add(item);
      } else if (order === "stream") {
        stopped = true;
      } else if (order === "groups") {
        continue;
      }
      if (lane.length > 0) lanes.push(lane);
    }
  };
  const workers = Promise.all(Array.from({ length: Math.min(concurrency, lanes.length) }, worker));

  let timer: ReturnType<typeof setTimeout> | undefined;
  const remaining = context.remainingTime();
  const late = new Promise<void>((resolve) => {
    if (isPlausible(remaining)) timer = setTimeout(resolve, remaining - Math.min(RESERVE_MS, remaining / 10));
  });
  await Promise.race([workers, late]);
  clearTimeout(timer);
  stopped = true;
  answered = true;
  return done;
}

/** In the order of their first items. */
function lanesOf<Item extends { readonly lane: string }>(items: readonly Item[]): Item[][] {
  const lanes = new Map<string, Item[]>();
  for (const item of items) {
    const lane = lanes.get(item.lane);
    if (lane === undefined) lanes.set(item.lane, [item]);
    else lane.push(item);
  }
  return [...lanes.values()];
}

async function succeeds<Record extends BatchRecord>(
  { record, identifier }: BatchItem<Record>,
  handle: (record: Record) => unknown,
): Promise<boolean> {
  try {
    const result = resultKind(await handle(record));
    if (result === undefined || !("reason" in result)) return true;
    log.warn(`Record ${identifier} is not done: ${formatDocument(describeReason(result.reason))}`);
  } catch (thrown) {
    log.error(`Record ${identifier} failed: ${formatDocument(describeError(thrown))}`);
  }
  return false;
}
