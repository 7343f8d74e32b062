import { expect, test } from "vitest";
import { ServerAnswer } from "./server-answer.ts";

test("a server waits while nobody reads its answer, and no longer than that answer takes", async () => {
  const reading: boolean[] = [];
  const given: Response[] = [];
  const answer = new ServerAnswer({
    bodiless: false,
    resolve: (response) => given.push(response),
    reject: (error) => expect.unreachable(String(error)),
    setReading: (wanted) => reading.push(wanted),
    cancelled: () => undefined,
  });
  answer.head({ status: 200, headers: new Map(), fields: [] });
  answer.begin();
  answer.piece(new Uint8Array(300_000));
  expect(reading).toEqual([false]);
  // The connection's next answer is read, though nobody has read this one yet.
  answer.complete();
  expect(reading).toEqual([false, true]);
  expect((await given[0]?.arrayBuffer())?.byteLength).toBe(300_000);
});
