import { isTextType } from "./text-type.ts";

export interface ResultBody {
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** `ignoreBOM` keeps a byte order mark: the bytes must arrive as they left. */
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Bytes as a string that JSON can carry: text stays text, all else is base64. Text that isn't UTF-8 and text that is
 * compressed are bytes too.
 */
export function encodeBody(bytes: Uint8Array, contentType: string, contentEncoding: string): ResultBody {
  if (bytes.length === 0) return { body: "", isBase64Encoded: false };
  if (isTextType(contentType) && (contentEncoding === "" || contentEncoding === "identity")) {
    try {
      return { body: strictUtf8.decode(bytes), isBase64Encoded: false };
    } catch {
      // Another charset: only base64 keeps it.
    }
  }
  return { body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64"), isBase64Encoded: true };
}
