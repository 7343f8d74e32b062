/**
 * What the runtime and its BEAM child say to each other: frames behind their length (32 bits, big-endian, Erlang's
 * `{packet, 4}`), the first byte being the kind. Documented in docs/decisions/0006-elixir-host.md.
 */

/** Erlang side: `IdLen:8`. */
export const MAX_ID_BYTES = 255;
/** No answer or log event is near it: a longer frame means that the stream is out of step. */
export const MAX_FRAME_BYTES = 0x1000_0000;

const LENGTH_BYTES = 4;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** One invocation for the child. `event` and `context` are JSON. */
export interface InvokeFrame {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly deadlineMs: number;
  readonly context: string;
  readonly event: Uint8Array;
}

/** `I`: run the handler. @throws RangeError for an id that is too long */
export function encodeInvoke({ id, deadlineMs, context, event }: InvokeFrame): Uint8Array {
  const contextBytes = encoder.encode(context);
  const { frame, view, at } = startFrame("I", id, 12 + contextBytes.length + event.length);
  view.setBigUint64(at, BigInt(deadlineMs));
  view.setUint32(at + 8, contextBytes.length);
  frame.set(contextBytes, at + 12);
  frame.set(event, at + 12 + contextBytes.length);
  return frame;
}

/** `W`: where is this invocation's process now? Answered by a stack. */
export function encodeWhere(id: string): Uint8Array {
  return startFrame("W", id, 0).frame;
}

/** `X`: end this invocation's process. */
export function encodeCancel(id: string): Uint8Array {
  return startFrame("X", id, 0).frame;
}

/** `P`: answered in kind, behind all that was said before. */
export function encodePing(): Uint8Array {
  return startFrame("P", "", 0).frame;
}

function startFrame(
  kind: string,
  id: string,
  rest: number,
): { readonly frame: Uint8Array; readonly view: DataView; readonly at: number } {
  const idBytes = encoder.encode(id);
  if (idBytes.length > MAX_ID_BYTES) throw new RangeError(`The request id has more than ${MAX_ID_BYTES} bytes`);
  const length = 2 + idBytes.length + rest;
  const frame = new Uint8Array(LENGTH_BYTES + length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, length);
  frame[LENGTH_BYTES] = kind.charCodeAt(0);
  frame[LENGTH_BYTES + 1] = idBytes.length;
  frame.set(idBytes, LENGTH_BYTES + 2);
  return { frame, view, at: LENGTH_BYTES + 2 + idBytes.length };
}

/** What the child says. JSON is left as it came: bodies go on to the platform unread. */
export type BeamFrame =
  /** The application is started. */
  | { readonly kind: "ready" }
  /** It could not be. */
  | { readonly kind: "init-failed"; readonly document: string }
  | { readonly kind: "result"; readonly id: string; readonly body: Uint8Array }
  | { readonly kind: "failure"; readonly id: string; readonly expected: boolean; readonly document: string }
  | { readonly kind: "stack"; readonly id: string; readonly frames: string }
  /** `level` counts from 0, trace, to 5, fatal. `id` is empty for what belongs to no invocation. */
  | { readonly kind: "log"; readonly level: number; readonly id: string; readonly message: string }
  /** All that the child had to say when it was asked has come. */
  | { readonly kind: "pong" }
  | { readonly kind: "malformed"; readonly problem: string };

/** Reads one frame, without its length. */
export function decodeFrame(frame: Uint8Array): BeamFrame {
  const kind = String.fromCharCode(frame[0] ?? 0);
  switch (kind) {
    case "R":
      return { kind: "ready" };
    case "F":
      return { kind: "init-failed", document: decoder.decode(frame.subarray(1)) };
    case "O": {
      const { id, rest } = readId(frame, 1);
      return rest === undefined ? truncated(kind) : { kind: "result", id, body: rest };
    }
    case "E": {
      const { id, rest } = readId(frame, 2);
      if (rest === undefined) return truncated(kind);
      return { kind: "failure", id, expected: frame[1] === 1, document: decoder.decode(rest) };
    }
    case "S": {
      const { id, rest } = readId(frame, 1);
      return rest === undefined ? truncated(kind) : { kind: "stack", id, frames: decoder.decode(rest) };
    }
    case "L": {
      const { id, rest } = readId(frame, 2);
      if (rest === undefined) return truncated(kind);
      return { kind: "log", level: frame[1] ?? 0, id, message: decoder.decode(rest) };
    }
    case "P":
      return { kind: "pong" };
    default:
      return { kind: "malformed", problem: `a frame starts with byte ${frame[0] ?? "none"}` };
  }
}

function readId(frame: Uint8Array, at: number): { readonly id: string; readonly rest: Uint8Array | undefined } {
  const length = frame[at];
  if (length === undefined || frame.length < at + 1 + length) return { id: "", rest: undefined };
  const end = at + 1 + length;
  return { id: decoder.decode(frame.subarray(at + 1, end)), rest: frame.subarray(end) };
}

function truncated(kind: string): BeamFrame {
  return { kind: "malformed", problem: `a frame of kind ${kind} ends within its id` };
}

/** Cuts a stream of bytes into frames, however the bytes arrive. */
export class FrameReader {
  #parts: Uint8Array[] = [];
  #size = 0;
  /** Bytes that must be there before anything more can be told. */
  #needed = LENGTH_BYTES;

  /** The frames that are complete with these bytes. @throws RangeError where the stream is out of step */
  push(bytes: Uint8Array): readonly Uint8Array[] {
    this.#parts.push(bytes);
    this.#size += bytes.length;
    if (this.#size < this.#needed) return [];

    const frames: Uint8Array[] = [];
    const all = this.#joined();
    const view = new DataView(all.buffer, all.byteOffset, all.length);
    let at = 0;
    this.#needed = LENGTH_BYTES;
    while (all.length - at >= LENGTH_BYTES) {
      const length = view.getUint32(at);
      if (length === 0 || length > MAX_FRAME_BYTES) throw new RangeError(`A frame claims ${length} bytes`);
      this.#needed = LENGTH_BYTES + length;
      if (all.length - at < this.#needed) break;
      frames.push(all.subarray(at + LENGTH_BYTES, at + this.#needed));
      at += this.#needed;
      this.#needed = LENGTH_BYTES;
    }
    this.#parts = at < all.length ? [all.subarray(at)] : [];
    this.#size = all.length - at;
    return frames;
  }

  #joined(): Uint8Array {
    const [first] = this.#parts;
    if (first !== undefined && this.#parts.length === 1) return first;
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}
