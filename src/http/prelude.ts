/**
 * The head of a streamed HTTP response: JSON, eight NUL bytes, then the body as it is. Its content type is
 * `HTTP_INTEGRATION_CONTENT_TYPE` of protocol/headers.ts.
 * Source: AWS Lambda Developer Guide, "Response streaming for Lambda functions".
 */
export interface Prelude {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Each is one `set-cookie`. */
  readonly cookies: readonly string[];
}

export function formatPrelude(_prelude: Prelude): Uint8Array {
  throw new Error("not written yet");
}

export type PreludeProgress =
  | { readonly kind: "incomplete" }
  /** `rest` is the start of the body. */
  | { readonly kind: "complete"; readonly prelude: Prelude; readonly rest: Uint8Array }
  | { readonly kind: "malformed"; readonly problem: string };

/** Collects chunks until the prelude is whole. Not to be called again once it has answered anything but `incomplete`. */
export class PreludeReader {
  push(_chunk: Uint8Array): PreludeProgress {
    throw new Error("not written yet");
  }
}
