/**
 * Header values are bytes to HTTP. `Headers` shows each byte as one character; AWS writes events as JSON and shows
 * the bytes as UTF-8. These two turn one into the other; ASCII, nearly all of what is sent, is the same in both.
 */

/** As `Headers` takes it. */
export function toByteString(value: string): string {
  return isAscii(value) ? value : Buffer.from(value, "utf8").toString("latin1");
}

/** As AWS shows it. Bytes that aren't UTF-8 stay what they are. */
export function fromByteString(value: string): string {
  if (isAscii(value)) return value;
  const bytes = Buffer.from(value, "latin1");
  const text = bytes.toString("utf8");
  return text.includes("\uFFFD") ? value : text;
}

function isAscii(value: string): boolean {
  // oxlint-disable-next-line no-control-regex -- this is the range meant
  return !/[^\x00-\x7f]/.test(value);
}
