import { handleAll } from "./batch-handling.ts";
import { type Batch, type BatchItem, type BatchRecord, readBatch } from "./batch-records.ts";
import { type Context, type PlainContext, wholeContext } from "../context.ts";

export interface BatchEvent<Record extends BatchRecord> {
  readonly Records: readonly Record[];
  /** Of a tumbling window. */
  readonly state?: unknown;
}

export interface BatchOptions {
  /**
   * How many records are handled at a time. Default 10 for a standard queue and for the groups of a FIFO queue, 1 for
   * a stream. Records of one message group, partition key or item stay in order whatever it is.
   */
  readonly concurrency?: number;
}

/** What Lambda reads as: these are not done, the others are. */
export interface BatchResponse {
  readonly batchItemFailures: { itemIdentifier: string }[];
  /** Of a tumbling window, for its next batch. */
  readonly state?: unknown;
}

/**
 * The handler that `batch` and `tumblingWindow` give. Its context may lack what only Mayfly has, so it is one of
 * `SQSHandler`, `KinesisStreamHandler` and the like of "mayfly/events" as well.
 */
export type BatchHandler<Event> = (event: Event, context: PlainContext) => Promise<BatchResponse>;

const DEFAULT_CONCURRENCY = 10;

/**
 * A handler that gives each record of an SQS queue, Kinesis stream or DynamoDB stream to `handle`, and tells Lambda
 * which are not done: those that threw, rejected or returned `err()`, those behind them that order forbids, and those
 * there was no time for. A stream is told only the first, from which it delivers again. The state of a tumbling window
 * is handed back as it came; `tumblingWindow` is for those who use it.
 *
 * The event source mapping must have `FunctionResponseTypes: ["ReportBatchItemFailures"]`: without it Lambda ignores
 * the answer and takes all records for done.
 * @throws RangeError for a concurrency that is not a whole number from 1
 */
export function batch<Record extends BatchRecord>(
  handle: (record: Record, context: Context) => unknown,
  options: BatchOptions = {},
): BatchHandler<BatchEvent<Record>> {
  const { concurrency } = options;
  if (concurrency !== undefined && (!Number.isSafeInteger(concurrency) || concurrency < 1)) {
    throw new RangeError(`batch: concurrency is ${concurrency}; it must be a whole number from 1`);
  }
  return async (event, given) => {
    const context = wholeContext(given);
    const received = readBatch<Record>(event);
    const most = concurrency ?? (received.order === "stream" ? 1 : DEFAULT_CONCURRENCY);
    const done = await handleAll(received, most, (record) => handle(record, context), context);
    const answer = { batchItemFailures: failuresOf(received, done) };
    return event.state === undefined ? answer : { ...answer, state: event.state };
  };
}

/** What Lambda is told, of items of which these are done. */
export function failuresOf<Record extends BatchRecord>(
  { items, order }: Batch<Record>,
  done: ReadonlySet<BatchItem<Record>>,
): BatchResponse["batchItemFailures"] {
  const undone = items.filter((item) => !done.has(item));
  const told = order === "stream" ? undone.slice(0, 1) : undone;
  return told.map(({ identifier }) => ({ itemIdentifier: identifier }));
}
