/** How many times more than `npm test` does; `npm run test:fuzz` does ten times as much. */
const FACTOR = Number(process.env["MAYFLY_FUZZ"] ?? 1);

/** How often something random is done. Its seed is fixed, so that each run does the same. */
export function runs(inTest: number): number {
  return inTest * FACTOR;
}
