import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { showProgress } from "../../src/cli/terminal.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What is written of two steps, the first of which takes so long, where there is no terminal. */
function written(ms: number, quiet = false): string {
  const stream = Object.assign(new PassThrough({ encoding: "utf8" }), { fd: 2 });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what stderr has beyond this is for terminals
  const progress = showProgress(stream as unknown as NodeJS.WriteStream, quiet);
  progress.step("Compiling for x86_64");
  vi.advanceTimersByTime(ms);
  progress.step("Packing lambda.zip");
  progress.done();
  vi.advanceTimersByTime(60_000);
  return String(stream.read() ?? "");
}

test("where there is no terminal, a step that takes over a second has a line of its own, and no other", () => {
  expect(written(1_100)).toBe("Compiling for x86_64 …\n");
  expect(written(900)).toBe("");
  expect(written(1_100, true)).toBe("");
});
