/** The time of one invocation. */
export class Clock {
  readonly #startedAt: number = performance.now();
  readonly #timer: NodeJS.Timeout;
  /** Epoch milliseconds. */
  readonly deadlineMs: number;
  readonly expired: Promise<void>;

  constructor(limitMs: number) {
    this.deadlineMs = Date.now() + limitMs;
    let expire: (() => void) | undefined;
    this.expired = new Promise((resolve) => {
      expire = resolve;
    });
    this.#timer = setTimeout(() => expire?.(), limitMs);
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  /** After this `expired` never resolves, unless it has. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
