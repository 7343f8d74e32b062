import type { ErrorDocument } from "../protocol/error-document.ts";

/** What comes of starting a host. */
export type InitOutcome = { readonly kind: "ready" } | { readonly kind: "failed"; readonly document: ErrorDocument };

/** What comes of one invocation, whatever ran it. */
export type HandlerOutcome =
  | {
      readonly kind: "value";
      readonly body: Uint8Array;
      readonly contentType: string;
      /** The caller gets `body`; this is what the log has to say about it. */
      readonly fault?: ErrorDocument;
      /** What of the result is not in `body`, by path. Looked for only by a verbose runtime. */
      readonly losses?: readonly string[];
      readonly afterwards?: Afterwards;
    }
  /** `first` is in hand: an error before it is a plain failure. */
  | {
      readonly kind: "stream";
      readonly first: Uint8Array;
      readonly source: StreamSource;
      readonly fault?: ErrorDocument;
      readonly afterwards?: Afterwards;
    }
  /** `expected` failures were returned on purpose and are no crash. */
  | { readonly kind: "failed"; readonly document: ErrorDocument; readonly expected: boolean }
  /** What ran the handler is gone; the process must end with `exitCode` once the invocation is answered. */
  | { readonly kind: "host-died"; readonly document: ErrorDocument; readonly exitCode: number };

/** Work that goes on once the answer is sent, and that the next invocation waits for. Never rejects. */
export type Afterwards = () => Promise<void>;

/** The source of a streamed response: an error it throws is sent as the stream's error. */
export interface StreamSource {
  readonly contentType: string;
  next(): Promise<IteratorResult<Uint8Array, unknown>>;
  /** Nobody reads any more. */
  cancel(reason: Error): void;
  describe(thrown: unknown): ErrorDocument;
}
