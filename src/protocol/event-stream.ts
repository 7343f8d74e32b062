// Not by its name: Node.js 18, which is told what mayfly/testing needs, would fail at the import.
import zlib from "node:zlib";

/**
 * The event-stream encoding `InvokeWithResponseStream` answers in.
 * Source: AWS "Amazon event stream encoding"; event names from the Lambda API reference, `InvokeWithResponseStream`.
 *
 * A message, big-endian: u32 total length, u32 headers length, u32 CRC-32 of those 8 bytes, headers, payload,
 * u32 CRC-32 of everything before. A header: u8 name length, name, u8 type (7 is a string), u16 value length, value.
 */
export interface EventStreamMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Uint8Array;
}

/** What ends a stream. All fields absent means success. */
export interface InvokeComplete {
  /** The error's type, as in the error document. */
  readonly ErrorCode?: string;
  /** The error document, JSON. */
  readonly ErrorDetails?: string;
  /** base64 of the last 4 KiB of the log. */
  readonly LogResult?: string;
}

const STRING_TYPE = 7;
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;

export function formatPayloadChunk(payload: Uint8Array): Uint8Array {
  return formatMessage({ headers: eventHeaders("PayloadChunk", "application/octet-stream"), payload });
}

export function formatInvokeComplete(complete: InvokeComplete): Uint8Array {
  const payload = new TextEncoder().encode(JSON.stringify(complete));
  return formatMessage({ headers: eventHeaders("InvokeComplete", "application/json"), payload });
}

function eventHeaders(type: string, contentType: string): Record<string, string> {
  return { ":event-type": type, ":content-type": contentType, ":message-type": "event" };
}

export function formatMessage(message: EventStreamMessage): Uint8Array {
  const headers = formatHeaders(message.headers);
  const total = PRELUDE_BYTES + headers.length + message.payload.length + CHECKSUM_BYTES;
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, total);
  view.setUint32(4, headers.length);
  view.setUint32(8, zlib.crc32(bytes.subarray(0, 8)));
  bytes.set(headers, PRELUDE_BYTES);
  bytes.set(message.payload, PRELUDE_BYTES + headers.length);
  view.setUint32(total - CHECKSUM_BYTES, zlib.crc32(bytes.subarray(0, total - CHECKSUM_BYTES)));
  return bytes;
}

function formatHeaders(headers: Readonly<Record<string, string>>): Uint8Array {
  const encoder = new TextEncoder();
  const parts: number[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const nameBytes = encoder.encode(name);
    const valueBytes = encoder.encode(value);
    parts.push(nameBytes.length, ...nameBytes, STRING_TYPE, valueBytes.length >> 8, valueBytes.length & 0xff);
    parts.push(...valueBytes);
  }
  return Uint8Array.from(parts);
}

/**
 * Takes the first message off `bytes`. Undefined while the message is incomplete.
 * @throws RangeError when a checksum is wrong or a header isn't a string.
 */
export function parseMessage(bytes: Uint8Array): { message: EventStreamMessage; rest: Uint8Array } | undefined {
  if (bytes.length < PRELUDE_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const total = view.getUint32(0);
  const headersLength = view.getUint32(4);
  if (view.getUint32(8) !== zlib.crc32(bytes.subarray(0, 8)))
    throw new RangeError("event stream: wrong prelude checksum");
  if (bytes.length < total) return undefined;
  const end = total - CHECKSUM_BYTES;
  if (view.getUint32(end) !== zlib.crc32(bytes.subarray(0, end))) throw new RangeError("event stream: wrong checksum");
  const headers = parseHeaders(bytes.subarray(PRELUDE_BYTES, PRELUDE_BYTES + headersLength));
  const payload = bytes.slice(PRELUDE_BYTES + headersLength, end);
  return { message: { headers, payload }, rest: bytes.subarray(total) };
}

function parseHeaders(bytes: Uint8Array): Record<string, string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  // Entries, not assignments: a header may be called __proto__.
  const headers: [string, string][] = [];
  let at = 0;
  while (at < bytes.length) {
    const nameEnd = at + 1 + view.getUint8(at);
    const name = decoder.decode(bytes.subarray(at + 1, nameEnd));
    if (view.getUint8(nameEnd) !== STRING_TYPE) throw new RangeError(`event stream: header ${name} is not a string`);
    const valueStart = nameEnd + 3;
    const valueEnd = valueStart + view.getUint16(nameEnd + 1);
    headers.push([name, decoder.decode(bytes.subarray(valueStart, valueEnd))]);
    at = valueEnd;
  }
  return Object.fromEntries(headers);
}
