import type { ErrorDocument } from "../protocol/error-document.ts";

/** Something from outside the handler's own promise that ends its invocation. */
export interface Interruption {
  readonly document: ErrorDocument;
  /** Set when the process must end once the invocation is answered. */
  readonly exitCode: number | undefined;
}

export interface Flight {
  readonly interrupted: Promise<Interruption>;
  /** Set as soon as `interrupted` is about to resolve: whatever else happens from then on is its consequence. */
  readonly interruption: Interruption | undefined;
  end(): void;
}

/** The invocations now being served, so that a fault of the whole process reaches each of them. */
export class InFlight {
  readonly #flights = new Set<(interruption: Interruption) => void>();
  #allEnded: (() => void) | undefined;

  begin(): Flight {
    let resolve!: (interruption: Interruption) => void;
    let interruption: Interruption | undefined;
    const interrupted = new Promise<Interruption>((settle) => {
      resolve = settle;
    });
    const interrupt = (cause: Interruption): void => {
      interruption ??= cause;
      resolve(cause);
    };
    this.#flights.add(interrupt);
    return {
      interrupted,
      get interruption() {
        return interruption;
      },
      end: () => {
        this.#flights.delete(interrupt);
        if (this.#flights.size === 0) this.#allEnded?.();
      },
    };
  }

  /** Returns how many invocations it reached. */
  interruptAll(interruption: Interruption): number {
    for (const interrupt of this.#flights) interrupt(interruption);
    return this.#flights.size;
  }

  async ended(): Promise<void> {
    if (this.#flights.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#allEnded = resolve;
    });
  }
}
