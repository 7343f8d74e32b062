/** For a process to end that was told to. Native code can hold it for ever. */
const END_WITHIN_MS = 1_000;

/** Processes of handlers that were told to end, and whose invocations are answered already. They hold places of others. */
export class AbandonedHandlers {
  readonly #ids = new Set<string>();
  readonly #stuck: () => void;
  #waiting: { readonly over: Promise<void>; readonly stop: () => void } | undefined;

  /** `stuck` is called when one of them does not end though somebody waits for it. */
  constructor(stuck: () => void) {
    this.#stuck = stuck;
  }

  add(id: string): void {
    this.#ids.add(id);
  }

  ended(id: string): void {
    if (this.#ids.delete(id) && this.#ids.size === 0) this.#waiting?.stop();
  }

  allEnded(): void {
    this.#ids.clear();
    this.#waiting?.stop();
  }

  /** Waits until none is left, or one is stuck. */
  async cleared(): Promise<void> {
    if (this.#ids.size === 0) return;
    this.#waiting ??= this.#wait();
    await this.#waiting.over;
  }

  #wait(): { readonly over: Promise<void>; readonly stop: () => void } {
    let stop!: () => void;
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const late = setTimeout(stop, END_WITHIN_MS);
    const over = stopped.then(() => {
      clearTimeout(late);
      this.#waiting = undefined;
      if (this.#ids.size > 0) this.#stuck();
    });
    return { over, stop };
  }
}
