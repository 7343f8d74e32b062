import type { HeaderList, HttpFront } from "./http-event.ts";

/** A response to put on the wire. The server adds `date`, `connection` and `content-length`. */
export interface WireResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

/**
 * What AWS answers the client with, given the bytes that the function returned to the invocation.
 * `functionError` says that the invocation failed (`X-Amz-Function-Error`); `payload` is then the error document.
 */
export function resultToResponse(
  _front: HttpFront,
  _payload: Uint8Array,
  _functionError: boolean,
  _binaryMediaTypes: readonly string[] = [],
): WireResponse {
  throw new Error("not written yet");
}
