import { type Batch, type BatchItem, readBatch } from "./batch-records.ts";
import type { Context } from "./context.ts";
import { describeError, describeReason, formatDocument } from "./describe-error.ts";
import { log } from "./log.ts";
import { resultKind } from "./results.ts";

/**
 * A record of a source that takes partial failures: `SQSRecord`, `KinesisStreamRecord` or `DynamoDBRecord` of
 * "mayfly/events", of which this is what matters here.
 */
export type BatchRecord =
  | { readonly messageId: string; readonly body: string }
  | { readonly kinesis: { readonly sequenceNumber: string } }
  | { readonly dynamodb?: { readonly SequenceNumber?: string | undefined } | undefined };

export interface BatchOptions {
  /**
   * How many records are handled at a time. Default 10 for a standard queue and for the groups of a FIFO queue, 1 for
   * a stream. Records of one message group, partition key or item stay in order whatever it is.
   */
  readonly concurrency?: number;
}

/** What Lambda reads as: these are not done, the others are. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

const DEFAULT_CONCURRENCY = 10;
/** Of the invocation's time left to answer in; of a short one a tenth. Milliseconds. */
const RESERVE_MS = 1_000;

/**
 * A handler that gives each record of an SQS queue, Kinesis stream or DynamoDB stream to `handle`, and tells Lambda
 * which are not done: those that threw, rejected or returned `err()`, those behind them that order forbids, and those
 * there was no time for. A stream is told only the first, from which it delivers again.
 *
 * The event source mapping must have `FunctionResponseTypes: ["ReportBatchItemFailures"]`: without it Lambda ignores
 * the answer and takes all records for done.
 * @throws RangeError for a concurrency that is not a whole number from 1
 */
export function batch<Record extends BatchRecord>(
  handle: (record: Record, context: Context) => unknown,
  options: BatchOptions = {},
): (event: { readonly Records: readonly Record[] }, context: Context) => Promise<BatchResponse> {
  const { concurrency } = options;
  if (concurrency !== undefined && (!Number.isSafeInteger(concurrency) || concurrency < 1)) {
    throw new RangeError(`batch: concurrency is ${concurrency}; it must be a whole number from 1`);
  }
  return async (event, context) => {
    const received = readBatch<Record>(event);
    const most = concurrency ?? (received.order === "stream" ? 1 : DEFAULT_CONCURRENCY);
    const done = await handleAll(received, most, (record) => handle(record, context), context);
    const undone = received.items.filter((item) => !done.has(item));
    const told = received.order === "stream" ? undone.slice(0, 1) : undone;
    return { batchItemFailures: told.map(({ identifier }) => ({ itemIdentifier: identifier })) };
  };
}

/** Resolves once all is done that can be, or shortly before the deadline. */
async function handleAll<Record extends BatchRecord>(
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
    timer = setTimeout(resolve, remaining - Math.min(RESERVE_MS, remaining / 10));
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
