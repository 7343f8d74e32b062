/** What a function wants done before its execution environment ends. */
export type ShutdownCallback = () => unknown;

const callbacks: ShutdownCallback[] = [];
let shutdown: Promise<void> | undefined;

/**
 * Registers clean-up for the shutdown phase: closing connections, flushing telemetry. Call it while the module loads.
 *
 * Lambda sends SIGTERM only to environments with an extension, so the first call makes Mayfly register as an
 * internal one; all callbacks together then have 500 ms (300 ms beside an external extension).
 * Source: lambda "Lambda execution environment lifecycle".
 */
export function onShutdown(callback: ShutdownCallback): void {
  callbacks.push(callback);
}

export function hasShutdownCallbacks(): boolean {
  return callbacks.length > 0;
}

/** Runs all of them once, however often it is called, even where one fails; `failed` hears of each failure. */
export function runShutdownCallbacks(failed: (error: unknown) => void): Promise<void> {
  shutdown ??= runCallbacks(failed);
  return shutdown;
}

async function runCallbacks(failed: (error: unknown) => void): Promise<void> {
  const results = await Promise.allSettled(callbacks.map(async (callback) => callback()));
  for (const result of results) if (result.status === "rejected") failed(result.reason);
}
