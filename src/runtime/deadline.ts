import type { Context } from "./context.ts";

/** Enough to answer with an error and close connections; of a short time limit a tenth. Milliseconds. */
const MOST_NOTICE_MS = 500;

/** A timer for longer than this fires at once. */
const MAX_TIMER_MS = 0x7fff_ffff;

/** With a clock that is off, or an emulator that sends anything, the milliseconds to a deadline mean nothing. */
export function isPlausible(remaining: number): boolean {
  return remaining > 0 && remaining <= MAX_TIMER_MS;
}

/**
 * Aborts shortly before an invocation's deadline, or when nobody waits for its answer any more. Costs nothing until
 * the signal is asked for, which few handlers do.
 */
export class Deadline {
  readonly #context: Context;
  #controller: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;
  /** Why, if it came to that before anyone asked. */
  #aborted: { readonly reason: unknown } | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  get signal(): AbortSignal {
    this.#controller ??= this.#start();
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#aborted ??= { reason };
    this.#controller?.abort(reason);
    this.end();
  }

  /** The answer is complete. */
  end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  #start(): AbortController {
    const controller = new AbortController();
    if (this.#aborted !== undefined) {
      controller.abort(this.#aborted.reason);
      return controller;
    }
    // Whoever asks later has nothing left to be warned of.
    if (this.#over) return controller;
    const remaining = this.#context.remainingTime();
    if (!isPlausible(remaining)) return controller;
    const notice = Math.min(MOST_NOTICE_MS, remaining / 10);
    this.#timer = setTimeout(() => {
      this.abort(new DOMException("Lambda is about to end this invocation", "TimeoutError"));
    }, remaining - notice);
    return controller;
  }
}
