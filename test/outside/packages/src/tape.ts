import tape from "tape";
import type { Outcome } from "./runner.ts";

interface Row {
  readonly type: string;
  readonly id: unknown;
  readonly test: unknown;
  readonly name: string;
  readonly ok: boolean;
  readonly error?: unknown;
}

// The tests read files from there, as npm runs them.
process.chdir(`${process.env["LAMBDA_TASK_ROOT"]}/node_modules/protobufjs`);

const outcomes: Outcome[] = [];
const names = new Map<unknown, string>();
// Asked before the first test is declared, or all would be printed.
const results = tape.createStream({ objectMode: true }) as NodeJS.ReadableStream;
/** A test that never ends keeps the others from beginning. */
const IDLE_MS = 10_000;

const ended = new Promise<void>((resolve) => {
  const idle = setTimeout(resolve, IDLE_MS);
  results.on("data", (row: Row) => {
    idle.refresh();
    if (row.type === "test") names.set(row.id, row.name);
    if (row.type === "assert") {
      outcomes.push([`${names.get(row.test)} > ${row.name}`, row.ok ? null : String(row.error ?? "not ok")]);
    }
  });
  results.on("end", () => {
    clearTimeout(idle);
    resolve();
  });
});

/** Waits for all that was declared: each assertion is an outcome. */
export async function run(): Promise<readonly Outcome[]> {
  await ended;
  return outcomes;
}
