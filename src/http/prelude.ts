import { toByteString } from "./header-text.ts";
import { isObject, objectAt } from "./shape.ts";

/**
 * The head of a streamed HTTP response: JSON, eight NUL bytes, then the body as it is. Its content type is
 * `HTTP_INTEGRATION_CONTENT_TYPE` of protocol/headers.ts.
 * Source: AWS Lambda Developer Guide, "Response streaming for Lambda functions".
 */
export interface Prelude {
  readonly statusCode: number;
  /** Read from a stream, they are byte strings, each character one byte, as HTTP sends them; written, they are text. */
  readonly headers: Readonly<Record<string, string>>;
  /** Each is one `set-cookie`. */
  readonly cookies: readonly string[];
}

const DELIMITER_LENGTH = 8;
/** Headers that no HTTP server or client would take anyway; a stream without a delimiter must not be kept forever. */
const MAX_PRELUDE_BYTES = 131_072;

/** `prelude` is a `Prelude`, or what a handler for AWS's Node.js runtime gives for one. */
export function formatPrelude(prelude: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(prelude) + "\0".repeat(DELIMITER_LENGTH));
}

export type PreludeProgress =
  | { readonly kind: "incomplete" }
  /** `rest` is the start of the body. */
  | { readonly kind: "complete"; readonly prelude: Prelude; readonly rest: Uint8Array }
  | { readonly kind: "malformed"; readonly problem: string };

/** Collects chunks until the prelude is whole. Not to be called again once it has answered anything but `incomplete`. */
export class PreludeReader {
  #bytes: Uint8Array = new Uint8Array(0);
  /** Before it there is no NUL: JSON has none. */
  #searched = 0;

  push(chunk: Uint8Array): PreludeProgress {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const end = this.#bytes.indexOf(0, this.#searched);
    if (end === -1) {
      this.#searched = this.#bytes.length;
      return this.#searched > MAX_PRELUDE_BYTES
        ? { kind: "malformed", problem: `no end of the prelude within ${MAX_PRELUDE_BYTES} bytes` }
        : { kind: "incomplete" };
    }
    this.#searched = end;
    const delimiter = this.#bytes.subarray(end, end + DELIMITER_LENGTH);
    if (delimiter.some((byte) => byte !== 0))
      return { kind: "malformed", problem: "fewer than eight NUL bytes end it" };
    if (delimiter.length < DELIMITER_LENGTH) return { kind: "incomplete" };
    return readPrelude(this.#bytes.subarray(0, end), this.#bytes.subarray(end + DELIMITER_LENGTH));
  }
}

function readPrelude(json: Uint8Array, rest: Uint8Array): PreludeProgress {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(json));
  } catch (error) {
    return { kind: "malformed", problem: `the prelude is not JSON: ${String(error)}` };
  }
  if (!isObject(value)) return { kind: "malformed", problem: "the prelude is no JSON object" };
  const headers: Record<string, string> = {};
  for (const [name, header] of Object.entries(objectAt(value, "headers"))) {
    if (typeof header === "string" || typeof header === "number" || typeof header === "boolean") {
      headers[name] = toByteString(String(header));
    }
  }
  const { statusCode = 200, cookies } = value;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 999) {
    return { kind: "malformed", problem: `the status code is ${JSON.stringify(statusCode)}` };
  }
  const list: readonly unknown[] = Array.isArray(cookies) ? cookies : [];
  const texts = list.filter((cookie) => typeof cookie === "string").map(toByteString);
  return { kind: "complete", prelude: { statusCode: status, headers, cookies: texts }, rest };
}
