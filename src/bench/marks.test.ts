import { describe, expect, test } from "vitest";
import { MARKS_PREFIX, parseMarks, readTimeline } from "./marks.ts";

const A = 1;
const B = 2;
const C = 3;

/** Milliseconds by number, from marks written as `[mark, time]`. */
function selfTimes(...marks: readonly (readonly [number, number])[]): Record<string, number> {
  const { spans } = readTimeline(1_000, marks.flat());
  return Object.fromEntries([...spans].map(([number, { selfMs }]) => [number + 1, selfMs]));
}

describe("marks", () => {
  test("what runs inside of another body is not that body's own time", () => {
    expect(selfTimes([A, 0], [B, 2], [-B, 5], [-A, 6])).toEqual({ [A]: 3, [B]: 3 });
  });

  test("time between bodies is nobody's", () => {
    expect(selfTimes([A, 0], [-A, 1], [B, 5], [-B, 7])).toEqual({ [A]: 1, [B]: 2 });
  });

  test("a body that waits may end after the one around it began to", () => {
    expect(selfTimes([A, 0], [B, 1], [-A, 3], [C, 4], [-C, 5], [-B, 9])).toEqual({ [A]: 1, [B]: 7, [C]: 1 });
  });

  test("a body without an end ends with the one around it", () => {
    expect(selfTimes([A, 0], [B, 1], [-A, 3], [C, 4], [-C, 6])).toEqual({ [A]: 1, [B]: 2, [C]: 2 });
  });

  test("a built-in that is asked for twice has both times", () => {
    expect(selfTimes([A, 0], [-A, 3], [A, 5], [-A, 6])).toEqual({ [A]: 4 });
  });

  test("the first mark is told on the clock of the machine", () => {
    expect(readTimeline(1_000, [A, 7, -A, 8]).firstAt).toBe(1_007);
  });

  test("are read from their own line and no other", () => {
    expect(parseMarks(`${MARKS_PREFIX}[1000,[1,0.5,-1,2]]`)).toEqual({ origin: 1_000, marks: [1, 0.5, -1, 2] });
    expect(parseMarks("a log line")).toBeUndefined();
  });
});
