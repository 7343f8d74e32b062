import type { InvocationMetadata } from "../protocol/invocation.ts";
import type { FunctionFailure } from "./function-errors.ts";
import { LogTail } from "./log.ts";

/** What a caller asked for; the deadline is known only once the environment takes it. */
export interface InvocationRequest extends Omit<InvocationMetadata, "deadlineMs"> {
  readonly functionName: string;
  readonly payload: Uint8Array;
}

export type InvocationOutcome =
  | { readonly kind: "success"; readonly contentType: string }
  | { readonly kind: "failure"; readonly failure: FunctionFailure }
  /** The local Lambda itself could not: it was stopped, or the machine refused. */
  | { readonly kind: "unavailable"; readonly message: string };

export const STOPPED = "The local Lambda was stopped.";

/** What is known of a response before its first byte. */
export interface StreamHead {
  readonly contentType: string;
  /** Posted in streaming mode. */
  readonly streamed: boolean;
}

/** Where the bytes of a response go. */
export interface ResponseSink {
  /** Called once before the first `write`, and also when there will be none. A failure may come without it. */
  start?(head: StreamHead): void;
  /** Resolves when more is wanted; a caller who has gone wants everything, and drops it. */
  write(chunk: Buffer): Promise<void>;
}

/** One invocation on its way from a caller to a runtime and back. It is answered exactly once. */
export class Invocation {
  readonly request: InvocationRequest;
  readonly sink: ResponseSink;
  readonly tail: LogTail = new LogTail();
  /** The caller's answer. */
  readonly answered: Promise<InvocationOutcome>;
  /** After the answer, when the runtime is ready for more (or gone) and REPORT is written. */
  readonly finished: Promise<void>;
  #outcome: InvocationOutcome | undefined;
  readonly #answer: (outcome: InvocationOutcome) => void;
  readonly #finish: () => void;

  constructor(request: InvocationRequest, sink: ResponseSink) {
    this.request = request;
    this.sink = sink;
    const answered = deferred<InvocationOutcome>();
    const finished = deferred<void>();
    this.answered = answered.promise;
    this.finished = finished.promise;
    this.#answer = answered.resolve;
    this.#finish = () => finished.resolve();
  }

  get outcome(): InvocationOutcome | undefined {
    return this.#outcome;
  }

  /** The first outcome counts; later ones change nothing. Says whether this was the first. */
  answer(outcome: InvocationOutcome): boolean {
    if (this.#outcome !== undefined) return false;
    this.#outcome = outcome;
    this.#answer(outcome);
    return true;
  }

  fail(failure: FunctionFailure): boolean {
    return this.answer({ kind: "failure", failure });
  }

  unavailable(message: string): void {
    this.answer({ kind: "unavailable", message });
    this.finish();
  }

  finish(): void {
    this.#finish();
  }
}

export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

export function deferred<T>(): Deferred<T> {
  let resolve: ((value: T) => void) | undefined;
  const promise = new Promise<T>((r) => {
    resolve = r;
  });
  return { promise, resolve: (value) => resolve?.(value) };
}
