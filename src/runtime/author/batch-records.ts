/**
 * A record of a source that takes partial failures: `SQSRecord`, `KinesisStreamRecord` or `DynamoDBRecord` of
 * "mayfly/events", of which this is what matters here.
 */
export type BatchRecord =
  | { readonly messageId: string; readonly body: string }
  | { readonly kinesis: { readonly sequenceNumber: string } }
  | { readonly dynamodb?: { readonly SequenceNumber?: string | undefined } | undefined };

export interface BatchItem<Record extends BatchRecord> {
  readonly record: Record;
  /** What the source knows it by. */
  readonly identifier: string;
  /** Items of one lane are handled one after the other, in the order they came in. */
  readonly lane: string;
}

export interface Batch<Record extends BatchRecord> {
  readonly items: readonly BatchItem<Record>[];
  /**
   * What one failure means for the rest: nothing to a standard queue, the rest of its group to a FIFO queue. A stream
   * delivers again from the first record that is not done, whatever happened behind it.
   */
  readonly order: "none" | "groups" | "stream";
}

/** @throws Error for an event that is no batch of these sources, or a record without an identifier */
export function readBatch<Record extends BatchRecord>(event: { readonly Records: readonly Record[] }): Batch<Record> {
  // What is invoked by hand is anything.
  if (!Array.isArray(member(event, "Records"))) {
    throw new Error("Not a batch: the event has no Records. batch() takes those of SQS, Kinesis and DynamoDB streams.");
  }
  const records = event.Records;
  const [first] = records;
  if (records.length === 0) return { items: [], order: "none" };
  switch (member(first, "eventSource")) {
    case "aws:sqs": {
      // Standard queues have groups too, for fairness; order is kept by FIFO queues alone.
      const isFifo = text(first, "eventSourceARN")?.endsWith(".fifo") ?? false;
      const lane = (record: unknown): string | undefined => text(record, "attributes", "MessageGroupId");
      return { items: items(records, "messageId", [], isFifo ? lane : undefined), order: isFifo ? "groups" : "none" };
    }
    case "aws:kinesis": {
      const lane = (record: unknown): string | undefined => text(record, "kinesis", "partitionKey");
      return { items: items(records, "sequenceNumber", ["kinesis"], lane), order: "stream" };
    }
    case "aws:dynamodb": {
      const lane = (record: unknown): string => JSON.stringify(member(member(record, "dynamodb"), "Keys") ?? null);
      return { items: items(records, "SequenceNumber", ["dynamodb"], lane), order: "stream" };
    }
    default:
      throw new Error(
        `Not a batch of SQS, Kinesis or a DynamoDB stream: its records come from ${text(first, "eventSource") ?? "nowhere"}.`,
      );
  }
}

function items<Record extends BatchRecord>(
  records: readonly Record[],
  identifierKey: string,
  path: readonly string[],
  lane: ((record: unknown) => string | undefined) | undefined,
): readonly BatchItem<Record>[] {
  return records.map((record, index) => {
    const identifier = text(record, ...path, identifierKey);
    // Without one its failure could not be told, and Lambda would take it for done.
    if (identifier === undefined || identifier === "") throw new Error(`Record ${index} has no ${identifierKey}.`);
    return { record, identifier, lane: lane === undefined ? String(index) : (lane(record) ?? "") };
  });
}

function text(holder: unknown, ...path: readonly string[]): string | undefined {
  let value = holder;
  for (const key of path) value = member(value, key);
  return typeof value === "string" ? value : undefined;
}

function member(holder: unknown, key: string): unknown {
  return typeof holder === "object" && holder !== null ? Reflect.get(holder, key) : undefined;
}
