import type { GroupMembers } from "./group-members.ts";

/** A look costs a run of `ps`, so there is none more often than this, however many invocations there are. */
const INTERVAL_MS = 1_000;

/** Samples what a process and its descendants hold in memory while it runs, and says when that is too much. */
export class MemoryWatch {
  readonly #members: GroupMembers;
  readonly #limitBytes: number;
  readonly #onExceeded: () => void;
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = -Infinity;
  #maxBytes = 0;

  /** `limitBytes` may be Infinity. */
  constructor(members: GroupMembers, limitBytes: number, onExceeded: () => void) {
    this.#members = members;
    this.#limitBytes = limitBytes;
    this.#onExceeded = onExceeded;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.sample(), INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Measures, unless that was done within the last second. */
  sample(): void {
    if (performance.now() - this.#lookedAt < INTERVAL_MS / 2) return;
    const { residentBytes } = this.#members.look();
    this.#lookedAt = performance.now();
    this.#maxBytes = Math.max(this.#maxBytes, residentBytes);
    if (residentBytes > this.#limitBytes) {
      this.stop();
      this.#onExceeded();
    }
  }

  /** The most seen so far, in MiB. */
  get maxMb(): number {
    return Math.ceil(this.#maxBytes / 1_048_576);
  }
}
