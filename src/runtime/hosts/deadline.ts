import type { Context } from "../context.ts";

export interface Deadline {
  /** Aborts shortly before the invocation's deadline, or when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** The answer is complete. */
  end(): void;
}

/** Enough to answer with an error and close connections; of a short time limit a tenth. Milliseconds. */
const MOST_NOTICE_MS = 500;

export function startDeadline(context: Context): Deadline {
  const controller = new AbortController();
  const remaining = context.remainingTime();
  const notice = Math.min(MOST_NOTICE_MS, remaining / 10);
  const timer = setTimeout(() => {
    controller.abort(new DOMException("Lambda is about to end this invocation", "TimeoutError"));
  }, remaining - notice);
  // A timer alone doesn't keep a handler alive that can never settle.
  timer.unref();
  return {
    signal: controller.signal,
    abort: (reason) => {
      clearTimeout(timer);
      controller.abort(reason);
    },
    end: () => clearTimeout(timer),
  };
}
