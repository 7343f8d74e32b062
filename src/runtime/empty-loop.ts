/** Who waits for the event loop to be empty. A plain invocation has nobody wait, and pays for nothing. */
const waiting = new Set<() => void>();

/**
 * Calls `then` once nothing is left in the process that could run: no timer, no request, no open connection but the
 * one to the platform. Returns what takes that back.
 */
export function onceLoopIsEmpty(then: () => void): () => void {
  waiting.add(then);
  return () => void waiting.delete(then);
}

/**
 * To be called when the event loop is empty. Whether anybody waits for it: they are told a turn later, when a rejection
 * that nothing handles has surfaced, which comes before any answer.
 */
export function tellLoopIsEmpty(): boolean {
  if (waiting.size === 0) return false;
  setImmediate(() => {
    const told = [...waiting];
    waiting.clear();
    for (const then of told) then();
  });
  return true;
}
