/** Less than a test has, so that it fails with what it waited for. */
const AT_LAST_MS = 240_000;
const PAUSE_MS = 20;

/**
 * What `look` gives once it doesn't throw any more, however long a busy machine takes to get there. Plain code: tests
 * that run under the engine's own runner wait with it too.
 */
export async function eventually<T>(look: () => T | Promise<T>): Promise<T> {
  const end = performance.now() + AT_LAST_MS;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, PAUSE_MS);
    });
  }
}

/** Resolves once it is so. `describe` is for the error when it never is. */
export async function until(isSo: () => boolean, describe: () => string): Promise<void> {
  await eventually(() => {
    if (!isSo()) throw new Error(describe());
  });
}
