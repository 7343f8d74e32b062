import { readField } from "../../src/support/read-field.ts";
import type { Outcome } from "./graph.ts";

/** What the driver gives, by entry. */
export function parseOutcomes(value: unknown): ReadonlyMap<string, Outcome> {
  if (typeof value !== "object" || value === null) throw new Error(`No outcomes: ${JSON.stringify(value)}`);
  return new Map(
    Object.entries(value).map(([entry, outcome]: [string, unknown]) => {
      const trace = readField(outcome, "trace");
      const end = readField(outcome, "end");
      if (!Array.isArray(trace) || typeof end !== "string") throw new Error(`No outcome of ${entry}`);
      return [entry, { trace: trace.map(String), end }];
    }),
  );
}
