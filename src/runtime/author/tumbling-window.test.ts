import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { KinesisStreamRecord } from "../../public/events.ts";
import { type BatchResponse, err, tumblingWindow, type TumblingWindowEvent } from "../../public/index.ts";
import { contextWith, streamRecord } from "../../../test/http/batch-records.ts";

interface Totals {
  count: number;
  readonly keys: string[];
}

type Event = TumblingWindowEvent<KinesisStreamRecord, Totals>;

const plenty = contextWith(600_000);

// Each failure is logged, and there are thousands.
beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
const initial: Totals = { count: 0, keys: [] };

function eventOf(Records: readonly KinesisStreamRecord[], more: Partial<Event> = {}): Event {
  return {
    Records,
    window: { start: "2026-03-12T07:04:00Z", end: "2026-03-12T07:06:00Z" },
    shardId: "shardId-000000000006",
    isFinalInvokeForWindow: false,
    isWindowTerminatedEarly: false,
    ...more,
  };
}

const failures = (...ids: readonly string[]): BatchResponse["batchItemFailures"] =>
  ids.map((itemIdentifier) => ({ itemIdentifier }));
const [one, two, three] = [streamRecord("1", "x"), streamRecord("2", "y"), streamRecord("3", "x")] as const;

/** As Lambda hands it back: through JSON. */
function asTotals(state: unknown): Totals {
  const { count, keys }: Partial<Totals> = JSON.parse(JSON.stringify(state)) as Partial<Totals>;
  return { count: count ?? Number.NaN, keys: keys ?? [] };
}

describe("a tumbling window", () => {
  test("begins with the initial state and goes on with what Lambda hands back", async () => {
    const handle = tumblingWindow({
      initial,
      add: ({ count, keys }: Totals, { kinesis }: KinesisStreamRecord) => ({
        count: count + 1,
        keys: [...keys, kinesis.partitionKey],
      }),
    });
    const first = await handle(eventOf([one, two]), plenty);
    expect(first).toEqual({ batchItemFailures: [], state: { count: 2, keys: ["x", "y"] } });
    const state = { count: 2, keys: ["x", "y"] };
    expect(await handle(eventOf([three], { state }), plenty)).toMatchObject({
      state: { count: 3, keys: ["x", "y", "x"] },
    });
    expect(initial).toEqual({ count: 0, keys: [] });
  });

  test("counts only what is before the first record that fails, though its step had begun to count it", async () => {
    for (const fail of [() => err("no"), () => Promise.reject(new Error("no"))]) {
      const handle = tumblingWindow({
        initial,
        add: (state: Totals, { kinesis }: KinesisStreamRecord) => {
          state.count += 1;
          state.keys.push(kinesis.partitionKey);
          return kinesis.sequenceNumber === "2" ? fail() : undefined;
        },
      });
      expect(await handle(eventOf([one, two, three]), plenty)).toEqual({
        batchItemFailures: failures("2"),
        state: { count: 1, keys: ["x"] },
      });
    }
  });

  test("is closed at its end, once, with the whole state and without records too", async () => {
    const closed: unknown[] = [];
    const handle = tumblingWindow({
      initial,
      add: (state: Totals, _record: KinesisStreamRecord) => ({ ...state, count: state.count + 1 }),
      close: (state, { window, shardId }) => closed.push([state.count, window.end, shardId]),
    });
    await handle(eventOf([one, two]), plenty);
    expect(closed).toEqual([]);
    await handle(eventOf([], { state: { count: 2, keys: [] }, isFinalInvokeForWindow: true }), plenty);
    await handle(eventOf([three], { state: { count: 2, keys: [] }, isFinalInvokeForWindow: true }), plenty);
    expect(closed).toEqual([
      [2, "2026-03-12T07:06:00Z", "shardId-000000000006"],
      [3, "2026-03-12T07:06:00Z", "shardId-000000000006"],
    ]);
  });

  test("is not closed while a record of it isn't done; what closing throws fails the invocation", async () => {
    const handle = tumblingWindow({
      initial,
      add: (_state: Totals, { kinesis }: KinesisStreamRecord) =>
        kinesis.sequenceNumber === "2" ? err("no") : undefined,
      close: () => {
        throw new Error("the table is gone");
      },
    });
    const final = { isFinalInvokeForWindow: true };
    expect(await handle(eventOf([one, two], final), plenty)).toMatchObject({ batchItemFailures: failures("2") });
    await expect(handle(eventOf([one], final), plenty)).rejects.toThrow("the table is gone");
  });

  test("has no record in its state that was late", async () => {
    const handle = tumblingWindow({
      initial,
      add: (state: Totals, { kinesis }: KinesisStreamRecord) =>
        kinesis.sequenceNumber === "2" ? new Promise<never>(() => undefined) : { ...state, count: state.count + 1 },
    });
    expect(await handle(eventOf([one, two, three]), contextWith(50))).toEqual({
      batchItemFailures: failures("2"),
      state: { count: 1, keys: [] },
    });
  });

  test("counts each record once, however often batches fail", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 2 }), { maxLength: 15 }),
        fc.integer({ min: 1, max: 5 }),
        async (fails, size) => {
          const left = fails.map((times, index) => ({
            record: streamRecord(String(index).padStart(3, "0"), "x"),
            times,
          }));
          const handle = tumblingWindow({
            initial,
            add: (state: Totals, record: KinesisStreamRecord) => {
              state.count += 1;
              const item = left.find((candidate) => candidate.record === record);
              if (item !== undefined && item.times-- > 0) throw new Error("broken");
            },
          });
          let open = left.map(({ record }) => record);
          let state: Totals | undefined;
          while (open.length > 0) {
            const sent = open.slice(0, size);
            const answer = await handle(eventOf(sent, state === undefined ? {} : { state }), plenty);
            state = asTotals(answer.state);
            const failed = answer.batchItemFailures[0]?.itemIdentifier;
            open = open.slice(
              failed === undefined ? sent.length : sent.findIndex(({ kinesis }) => kinesis.sequenceNumber === failed),
            );
          }
          expect(state?.count ?? 0).toBe(fails.length);
        },
      ),
    );
  });

  test.each(["kinesis", "dynamodb"])("takes an event recorded from %s", async (source) => {
    const path = join(import.meta.dirname, `../../../test/http/events/recorded/${source}-time-window-event.json`);
    const event: unknown = JSON.parse(readFileSync(path, "utf8"));
    const handle = tumblingWindow({ initial: {}, add: (state: object) => ({ ...state, seen: true }) });
    const answer: unknown = await Reflect.apply(handle, undefined, [event, plenty]);
    expect(answer).toEqual({
      batchItemFailures: [],
      state: expect.objectContaining({ "1": expect.stringMatching(/^state ?1$/), seen: true }),
    });
  });

  test("refuses an event without a window", async () => {
    const handle = tumblingWindow({ initial, add: (state: Totals) => state });
    await expect(Reflect.apply(handle, undefined, [{ Records: [one] }, plenty])).rejects.toThrow(
      "no TumblingWindowInSeconds",
    );
  });
});
