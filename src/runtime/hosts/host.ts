import type { Context } from "../context.ts";
import type { HandlerOutcome, InitOutcome } from "../outcome.ts";

/** What runs handlers of one language. A host knows neither HTTP nor request ids. */
export interface HandlerHost {
  /** Whether handlers run in another process. */
  readonly elsewhere: boolean;
  /** Once, before the first invocation: loads the handler. */
  start(): Promise<InitOutcome>;
  /** Never rejects: whatever the handler does is an outcome. `event` is JSON as the platform sent it. */
  invoke(event: Uint8Array, context: Context): Promise<HandlerOutcome>;
}
