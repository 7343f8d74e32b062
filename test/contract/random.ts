/** Longer than anything here takes by far, on a busy machine too. */
const HANG_MS = 120_000;

/** mulberry32: small, good enough, and the same on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of the items, as often as its weight says. */
export function pick<T>(random: () => number, weighted: readonly (readonly [T, number])[]): T {
  let at = random() * weighted.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [item, weight] of weighted) {
    at -= weight;
    if (at < 0) return item;
  }
  throw new Error("no weights");
}

/** Rejects with what `describe` says when nothing has happened for long. */
export async function orHang<T>(promise: Promise<T>, describe: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Nothing happened: ${describe()}`)), HANG_MS);
  });
  try {
    return await Promise.race([promise, hang]);
  } finally {
    clearTimeout(timer);
  }
}
