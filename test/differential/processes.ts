import { batchEntries, type Batch, type BatchEntry } from "./batch.ts";

/** Which entries one process runs: of each graph at most one, which so finds none of its modules loaded. */
export function processesFor(batch: Batch, allApart: boolean): readonly (readonly string[])[] {
  const together = new Map<number, string[]>();
  const apart: string[][] = [];
  for (const { id, number, apart: isApart } of batchEntries(batch)) {
    if (isApart || allApart) apart.push([id]);
    else if (together.has(number)) together.get(number)?.push(id);
    else together.set(number, [id]);
  }
  return [...together.values(), ...apart];
}

export type { BatchEntry };
