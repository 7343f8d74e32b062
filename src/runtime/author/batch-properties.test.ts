import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { batch, type BatchRecord, type BatchResponse, err } from "../../public/index.ts";
import { contextWith, itemRecord, message, streamRecord } from "../../../test/http/batch-records.ts";

const plenty = contextWith(600_000);

// Each failure is logged, and there are thousands.
beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});

interface Source {
  readonly record: (id: string, lane: string) => BatchRecord;
  readonly order: "none" | "lane" | "stream";
}

const sources: Readonly<Record<string, Source>> = {
  "a standard queue": { record: (id) => message(id), order: "none" },
  "a FIFO queue": { record: (id, lane) => message(id, lane), order: "lane" },
  "a Kinesis stream": { record: (id, lane) => streamRecord(id, lane), order: "stream" },
  "a DynamoDB stream": { record: (id, lane) => itemRecord(id, lane), order: "stream" },
};

type Fate = "succeeds" | "throws" | "errs" | "hangs";

interface Item {
  readonly id: string;
  readonly lane: string;
  readonly fate: Fate;
  /** Turns of the event loop that it takes. */
  readonly turns: number;
}

const items = (fates: readonly Fate[]): fc.Arbitrary<readonly Item[]> =>
  fc
    .array(
      fc.record({
        lane: fc.constantFrom("a", "b", "c"),
        fate: fc.constantFrom<Fate>("succeeds", "succeeds", "succeeds", ...fates),
        turns: fc.nat({ max: 3 }),
      }),
      { maxLength: 12 },
    )
    .map((list) => list.map((item, index) => ({ ...item, id: String(index + 1).padStart(3, "0") })));

interface Run {
  readonly begun: readonly string[];
  readonly succeeded: ReadonlySet<string>;
  readonly told: readonly string[];
}

async function run(list: readonly Item[], { record }: Source, concurrency: number, ms?: number): Promise<Run> {
  const begun: string[] = [];
  const succeeded = new Set<string>();
  const byRecord = new Map(list.map((item) => [record(item.id, item.lane), item]));
  const handle = batch<BatchRecord>(
    async (one) => {
      const item = byRecord.get(one);
      if (item === undefined) throw new Error("another record");
      begun.push(item.id);
      for (let turn = 0; turn < item.turns; turn++) await Promise.resolve();
      if (item.fate === "throws") throw new Error("broken");
      if (item.fate === "errs") return err("refused");
      if (item.fate === "hangs") return new Promise<never>(() => undefined);
      succeeded.add(item.id);
      return undefined;
    },
    { concurrency },
  );
  const context = ms === undefined ? plenty : contextWith(ms);
  const { batchItemFailures }: BatchResponse = await handle({ Records: [...byRecord.keys()] }, context);
  return { begun, succeeded, told: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
}

/** What Lambda takes for done: all that isn't told, of a stream all before the first that is. */
function takenForDone(list: readonly Item[], { order }: Source, told: readonly string[]): readonly Item[] {
  const first = list.findIndex(({ id }) => told.includes(id));
  if (order === "stream") return first === -1 ? list : list.slice(0, first);
  return list.filter(({ id }) => !told.includes(id));
}

describe.each(Object.entries(sources))("of %s", (_name, source) => {
  test("no record is taken for done that wasn't, and none comes again without need", async () => {
    await fc.assert(
      fc.asyncProperty(items(["throws", "errs"]), fc.integer({ min: 1, max: 4 }), async (list, concurrency) => {
        const { succeeded, told, begun } = await run(list, source, concurrency);
        const done = takenForDone(list, source, told);
        for (const { id } of done) expect(succeeded, id).toContain(id);
        const failing = list.filter(({ fate }) => fate !== "succeeds");
        if (failing.length === 0) expect(told).toEqual([]);
        for (const { id, fate } of list) if (begun.includes(id) && fate !== "succeeds") expect(done).not.toContain(id);
        expect(new Set(begun).size, "begun twice").toBe(begun.length);
        if (source.order === "none") expect(told).toEqual(failing.map(({ id }) => id));
        if (source.order === "stream") expect(told.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("none is begun before those of its lane are done, and none behind a failed one", async () => {
    await fc.assert(
      fc.asyncProperty(items(["throws", "errs"]), fc.integer({ min: 1, max: 4 }), async (list, concurrency) => {
        const { begun, told } = await run(list, source, concurrency);
        if (source.order === "none") return;
        for (const lane of ["a", "b", "c"]) {
          const own = list.filter((item) => item.lane === lane);
          const seen = begun.filter((id) => own.some((item) => item.id === id));
          const failed = own.findIndex(({ fate }) => fate !== "succeeds");
          const most = failed === -1 ? own : own.slice(0, failed + 1);
          expect(seen).toEqual(most.slice(0, seen.length).map(({ id }) => id));
          if (source.order === "lane" && failed !== -1) {
            expect(told).toEqual(expect.arrayContaining(own.slice(failed).map(({ id }) => id)));
          }
        }
        const inOrder = list.map(({ id }) => id).slice(0, begun.length);
        if (source.order === "stream" && concurrency === 1) expect(begun).toEqual(inOrder);
      }),
    );
  });

  test("what is still under way at the deadline is told", async () => {
    await fc.assert(
      fc.asyncProperty(items(["hangs", "throws"]), fc.integer({ min: 1, max: 4 }), async (list, concurrency) => {
        const { succeeded, told } = await run(list, source, concurrency, 20);
        for (const { id } of takenForDone(list, source, told)) expect(succeeded, id).toContain(id);
      }),
      { numRuns: 25 },
    );
  });

  test("all is done in the end, in order, when each record fails a few times", async () => {
    await fc.assert(
      fc.asyncProperty(
        items([]),
        fc.array(fc.nat({ max: 2 }), { minLength: 12, maxLength: 12 }),
        async (list, fails) => {
          const left = new Map(list.map(({ id }, index) => [id, fails[index] ?? 0]));
          const finished: string[] = [];
          let open = list;
          for (let round = 0; open.length > 0; round++) {
            expect(round, "rounds").toBeLessThan(200);
            const fated = open.map((item): Item => ({
              ...item,
              fate: (left.get(item.id) ?? 0) > 0 ? "throws" : "succeeds",
            }));
            const { begun, told, succeeded } = await run(fated, source, 2);
            for (const id of begun) left.set(id, (left.get(id) ?? 0) - 1);
            for (const id of begun) if (succeeded.has(id) && !finished.includes(id)) finished.push(id);
            const done = takenForDone(open, source, told);
            open = open.filter((item) => !done.includes(item));
          }
          expect(finished.toSorted()).toEqual(list.map(({ id }) => id));
          if (source.order === "none") return;
          for (const lane of ["a", "b", "c"]) {
            const own = list.filter((item) => item.lane === lane).map(({ id }) => id);
            expect(finished.filter((id) => own.includes(id))).toEqual(own);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
