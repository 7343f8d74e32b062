import { peakBytes, processTree, residentBytes } from "./process-table.ts";

const INTERVAL_MS: number = process.platform === "linux" ? 200 : 1_000;

/** Samples what a process tree holds in memory while it runs, and says when that is too much. */
export class MemoryWatch {
  readonly #leader: number;
  readonly #limitBytes: number;
  readonly #onExceeded: () => void;
  #members: readonly number[];
  #timer: NodeJS.Timeout | undefined;
  #maxBytes = 0;

  /** `limitBytes` may be Infinity. */
  constructor(leader: number, limitBytes: number, onExceeded: () => void) {
    this.#leader = leader;
    this.#limitBytes = limitBytes;
    this.#onExceeded = onExceeded;
    this.#members = [leader];
  }

  /** Frozen processes can't grow, so an environment watches only while it runs. */
  start(): void {
    this.#timer ??= setInterval(() => {
      this.#members = processTree(this.#leader);
      this.sample();
    }, INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Finds the processes of the moment, and what each of them held at most: short runs end between two samples. */
  measure(): void {
    this.#members = processTree(this.#leader);
    // Their peaks need not have been at the same time: the sum alone is no proof that the limit was passed.
    this.#maxBytes = Math.max(this.#maxBytes, Math.min(peakBytes(this.#members), this.#limitBytes));
    this.sample();
  }

  /** Measures the processes known so far. */
  sample(): void {
    const bytes = residentBytes(this.#members);
    this.#maxBytes = Math.max(this.#maxBytes, bytes);
    if (bytes > this.#limitBytes) {
      this.stop();
      this.#onExceeded();
    }
  }

  /** The most seen so far, in MiB. */
  get maxMb(): number {
    return Math.ceil(this.#maxBytes / 1_048_576);
  }
}
