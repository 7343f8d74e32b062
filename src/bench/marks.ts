/** In front of the line of output that carries the marks. */
export const MARKS_PREFIX = "\u0001mayfly-marks ";

/** What the marks of one start say. Milliseconds. */
export interface Timeline {
  /** When the first mark was made, on the clock of `performance.timeOrigin + performance.now()`. */
  readonly firstAt: number;
  /** By number, in the order in which they began. */
  readonly spans: ReadonlyMap<number, Span>;
}

export interface Span {
  /** Without what began and ended inside. */
  readonly selfMs: number;
}

/**
 * The marks that an instrumented program wrote, and the origin of their times.
 * @returns undefined for a line that carries none
 */
export function parseMarks(line: string): { readonly origin: number; readonly marks: readonly number[] } | undefined {
  if (!line.startsWith(MARKS_PREFIX)) return undefined;
  const value: unknown = JSON.parse(line.slice(MARKS_PREFIX.length));
  if (!Array.isArray(value)) throw new TypeError("not a list");
  const pair: readonly unknown[] = value;
  const [origin, marks] = pair;
  if (typeof origin !== "number" || !Array.isArray(marks)) throw new TypeError("not an origin and marks");
  const list: readonly unknown[] = marks;
  return { origin, marks: list.filter((item) => typeof item === "number") };
}

/**
 * Gives each stretch of time between two marks to the innermost one that has begun and not ended. Bodies that wait at
 * their top level may end in another order than the reverse; and a body that throws, or CommonJS that returns early,
 * has no end: it ends with the one around it.
 * @param marks pairs of number and time, from `parseMarks`
 */
export function readTimeline(origin: number, marks: readonly number[]): Timeline {
  const spans = new Map<number, { selfMs: number }>();
  const open: number[] = [];
  const ended = new Set(marks.filter((mark, index) => index % 2 === 0 && mark < 0).map((mark) => -mark - 1));
  let before = marks[1] ?? 0;
  for (let index = 0; index + 1 < marks.length; index += 2) {
    const mark = marks[index] ?? 0;
    const at = marks[index + 1] ?? 0;
    const innermost = open.at(-1);
    const running = innermost === undefined ? undefined : spans.get(innermost);
    if (running !== undefined) running.selfMs += at - before;
    before = at;
    const number = Math.abs(mark) - 1;
    if (mark > 0) {
      if (!spans.has(number)) spans.set(number, { selfMs: 0 });
      open.push(number);
    } else {
      const began = open.lastIndexOf(number);
      if (began < 0) continue;
      const inside = open.splice(began).slice(1);
      open.push(...inside.filter((one) => ended.has(one)));
    }
  }
  return { firstAt: origin + (marks[1] ?? 0), spans };
}
