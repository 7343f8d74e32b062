/**
 * A problem the user can act on: what happened in their words, and what to do next.
 * `code` is stable (documented in docs/errors.md) and is what scripts match on; the sentences may improve.
 */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly code: string;
  /** One or more lines: the next step. */
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
