import { describe, expect, test } from "vitest";
import type {
  DynamoDBRecord,
  DynamoDBStreamHandler,
  KinesisStreamHandler,
  KinesisStreamRecord,
  SQSHandler,
  SQSRecord,
} from "../../public/events.ts";
import { batch, type BatchOptions, err } from "../../public/index.ts";
import { contextWith, itemRecord, message, streamRecord } from "../../../test/http/batch-records.ts";

/** Handles messages, of which those named in `failing` fail, and keeps the order in which they came. */
function recorder(failing: readonly string[], options?: BatchOptions) {
  const seen: string[] = [];
  let running = 0;
  let most = 0;
  const handle = batch<SQSRecord>(async ({ body }) => {
    seen.push(body);
    most = Math.max(most, ++running);
    await Promise.resolve();
    await Promise.resolve();
    running -= 1;
    if (failing.includes(body)) throw new Error(`${body} is broken`);
  }, options);
  return { handle, seen, most: () => most };
}

const failures = (...ids: readonly string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});
const plenty = contextWith(60_000);

describe("messages of a standard queue", () => {
  const Records = ["a", "b", "c", "d", "e"].map((id) => message(id));

  test("that all succeed leave no failures", async () => {
    expect(await recorder([]).handle({ Records }, plenty)).toEqual(failures());
  });

  test("that fail are told, and only those", async () => {
    expect(await recorder(["b", "e"]).handle({ Records }, plenty)).toEqual(failures("b", "e"));
  });

  test("fail by err() too, sync or async", async () => {
    const handle = batch((record: SQSRecord) => (record.body === "c" ? err("no such order") : undefined));
    expect(await handle({ Records }, plenty)).toEqual(failures("c"));
  });

  test("are handled several at a time, as many as it is told to", async () => {
    const { handle, most } = recorder([], { concurrency: 2 });
    await handle({ Records }, plenty);
    expect(most()).toBe(2);
  });

  test("that have groups, for fairness, don't hold each other up", async () => {
    const grouped = Records.map((record) => ({ ...record, attributes: { ...record.attributes, MessageGroupId: "g" } }));
    expect(await recorder(["a"]).handle({ Records: grouped }, plenty)).toEqual(failures("a"));
  });
});

describe("messages of a FIFO queue", () => {
  const Records = [message("a1", "a"), message("b1", "b"), message("a2", "a"), message("b2", "b"), message("a3", "a")];

  test("behind a failed one of their group are not handled, and told", async () => {
    const { handle, seen } = recorder(["a2"]);
    expect(await handle({ Records }, plenty)).toEqual(failures("a2", "a3"));
    expect(seen.toSorted()).toEqual(["a1", "a2", "b1", "b2"]);
  });

  test("keep the order of their group", async () => {
    const { handle, seen } = recorder([]);
    await handle({ Records }, plenty);
    expect(seen.filter((id) => id.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
    expect(seen.filter((id) => id.startsWith("b"))).toEqual(["b1", "b2"]);
  });
});

describe("records of a stream", () => {
  const Records = [
    streamRecord("1", "x"),
    streamRecord("2", "y"),
    streamRecord("3", "x"),
    streamRecord("4", "y"),
    streamRecord("5", "x"),
  ];

  test("are handled in the order of the shard; the first that fails is told and nothing behind it handled", async () => {
    const seen: string[] = [];
    const handle = batch((record: KinesisStreamRecord) => {
      seen.push(record.kinesis.sequenceNumber);
      if (record.kinesis.sequenceNumber === "4") throw new Error("broken");
    });
    expect(await handle({ Records }, plenty)).toEqual(failures("4"));
    expect(seen).toEqual(["1", "2", "3", "4"]);
  });

  test("handled several at a time keep the order of their key, and the lowest that is not done is told", async () => {
    const seen: string[] = [];
    const handle = batch(
      async (record: KinesisStreamRecord) => {
        seen.push(record.kinesis.sequenceNumber);
        await Promise.resolve();
        if (record.kinesis.sequenceNumber === "3") throw new Error("broken");
      },
      { concurrency: 2 },
    );
    expect(await handle({ Records }, plenty)).toEqual(failures("3"));
    expect(seen.slice(0, 2)).toEqual(["1", "2"]);
    expect(seen).not.toContain("5");
  });

  test("of DynamoDB are known by their sequence number", async () => {
    const handle = batch((one: DynamoDBRecord) => (one.dynamodb?.SequenceNumber === "20" ? err("no") : null));
    expect(await handle({ Records: [itemRecord("10"), itemRecord("20"), itemRecord("30")] }, plenty)).toEqual(
      failures("20"),
    );
  });
});

test("records that there is no time for are told, those under way included", async () => {
  const Records = ["a", "b", "c"].map((id) => message(id));
  const handle = batch(({ body }: SQSRecord) => (body === "a" ? undefined : new Promise<never>(() => undefined)), {
    concurrency: 1,
  });
  expect(await handle({ Records }, contextWith(100))).toEqual(failures("b", "c"));
});

test.each([-1, 3e9])("records are handled with a deadline that means nothing: %d ms", async (remaining) => {
  const handle = batch(() => new Promise((resolve) => setTimeout(resolve, 5)));
  expect(await handle({ Records: [message("a")] }, contextWith(remaining))).toEqual(failures());
});

test("the state of a tumbling window is handed back as it came", async () => {
  const handle = batch((one: KinesisStreamRecord) => (one.kinesis.sequenceNumber === "2" ? err("no") : null));
  const Records = [streamRecord("1", "x"), streamRecord("2", "x")];
  expect(await handle({ Records, state: { count: 7 } }, plenty)).toEqual({ ...failures("2"), state: { count: 7 } });
});

test("an empty batch is done", async () => {
  expect(await recorder([]).handle({ Records: [] }, plenty)).toEqual(failures());
});

describe("what is no batch fails as a whole, so that nothing is taken for done:", () => {
  test.each([
    ["an event without records", { hello: 1 }, /has no Records/],
    ["null", null, /has no Records/],
    ["records of another source", { Records: [{ eventSource: "aws:s3" }] }, /come from aws:s3/],
    ["records of no source", { Records: [{ messageId: "a" }] }, /come from nowhere/],
    ["records that are none", { Records: [null] }, /come from nowhere/],
    ["a record without identifier", { Records: [{ ...message("a"), messageId: "" }] }, /Record 0 has no messageId/],
  ])("%s", async (_name, event, problem) => {
    const { handle } = recorder([]);
    await expect(Reflect.apply(handle, undefined, [event, plenty])).rejects.toThrow(problem);
  });
});

test.each([0, -1, 1.5, Number.NaN])("a concurrency of %d is refused at once", (concurrency) => {
  expect(() => batch(() => undefined, { concurrency })).toThrow(RangeError);
});

test("a batch handler is a handler of the event source, whose context needn't be Mayfly's", async () => {
  const left: unknown[] = [];
  const handlers: [SQSHandler, KinesisStreamHandler, DynamoDBStreamHandler] = [
    batch((record: SQSRecord) => record.body),
    batch((record: KinesisStreamRecord) => record.kinesis.data),
    batch((record: DynamoDBRecord) => record.eventName),
  ];
  expect(handlers).toHaveLength(3);
  const { deadline: _, remainingTime: _absent, ...plain } = plenty;
  await batch<SQSRecord>((_record, context) => void left.push(context.remainingTime(), context.deadline))(
    { Records: [message("a")] },
    plain,
  );
  expect(left).toEqual([expect.any(Number), expect.any(Date)]);
  expect(left[0]).toBeGreaterThan(0);
});
