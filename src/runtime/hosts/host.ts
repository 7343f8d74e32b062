import type { ErrorDocument } from "../../protocol/error-document.ts";
import type { StreamSource } from "../api/api-client.ts";
import type { Context } from "../context.ts";

/** What runs handlers of one language. A host knows neither HTTP nor request ids. */
export interface HandlerHost {
  /** Whether handlers run in another process. */
  readonly elsewhere: boolean;
  /** Once, before the first invocation: loads the handler. */
  start(): Promise<InitOutcome>;
  /** Never rejects: whatever the handler does is an outcome. `event` is JSON as the platform sent it. */
  invoke(event: Uint8Array, context: Context): Promise<HandlerOutcome>;
}

export type InitOutcome = { readonly kind: "ready" } | { readonly kind: "failed"; readonly document: ErrorDocument };

/** Work that goes on once the answer is sent, and that the next invocation waits for. Never rejects. */
export type Afterwards = () => Promise<void>;

export type HandlerOutcome =
  | {
      readonly kind: "value";
      readonly body: Uint8Array;
      readonly contentType: string;
      /** The caller gets `body`; this is what the log has to say about it. */
      readonly fault?: ErrorDocument;
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
