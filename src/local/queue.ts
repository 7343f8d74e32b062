import { Invocation, type InvocationRequest, type ResponseSink } from "./invocation.ts";

/** Gives one attempt to an environment, in its turn. */
export type Attempt = (invocation: Invocation) => Promise<boolean>;

const NO_ONE_LISTENS: ResponseSink = { write: () => Promise.resolve() };

/**
 * Asynchronous events: accepted at once, run when there is room, and tried again when the function fails.
 * An event lives in memory only; a stop forgets it.
 */
export class EventQueue {
  readonly #delaysMs: readonly number[];
  readonly #pending = new Set<Promise<void>>();
  readonly #sleepers = new Map<NodeJS.Timeout, () => void>();
  #stopped = false;

  /** One delay before each retry; Lambda's are 1 and 2 minutes. */
  constructor(delaysMs: readonly number[]) {
    this.#delaysMs = delaysMs;
  }

  add(request: InvocationRequest, attempt: Attempt): void {
    const work = this.#process(request, attempt);
    this.#pending.add(work);
    void work.finally(() => this.#pending.delete(work));
  }

  /** Resolves when no event is waiting or running. */
  async drained(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /** No further attempts. Those that run are for the environments to end. */
  stop(): void {
    this.#stopped = true;
    for (const [timer, wake] of this.#sleepers) {
      clearTimeout(timer);
      wake();
    }
  }

  async #process(request: InvocationRequest, attempt: Attempt): Promise<void> {
    for (const delayMs of [0, ...this.#delaysMs]) {
      if (delayMs > 0) await this.#sleep(delayMs);
      if (this.#stopped) return;
      const invocation = new Invocation(request, NO_ONE_LISTENS);
      await attempt(invocation);
      await invocation.finished;
      if (invocation.outcome?.kind !== "failure") return;
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#sleepers.delete(timer);
        resolve();
      }, ms);
      this.#sleepers.set(timer, resolve);
    });
  }
}
