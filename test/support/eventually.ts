import { vi } from "vitest";

/** Less than a test has, so that it fails with what it waited for. */
const AT_LAST_MS = 240_000;

/** What `look` gives once it doesn't throw any more, however long a busy machine takes to get there. */
export function eventually<T>(look: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(look, { timeout: AT_LAST_MS, interval: 20 });
}

/** Resolves once it is so. `describe` is for the error when it never is. */
export async function until(isSo: () => boolean, describe: () => string): Promise<void> {
  await eventually(() => {
    if (!isSo()) throw new Error(describe());
  });
}
