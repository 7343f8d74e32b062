import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeFrame,
  encodeCancel,
  encodeInvoke,
  encodeWhere,
  FrameReader,
  MAX_FRAME_BYTES,
  MAX_ID_BYTES,
} from "./beam-frames.ts";

const utf8 = new TextEncoder();
const id = fc.string({ unit: "grapheme", maxLength: 60 }).filter((text) => utf8.encode(text).length <= MAX_ID_BYTES);
const text = fc.string({ unit: "grapheme" });

/** What the agent writes: the fields in order. */
function frame(...fields: readonly (number | string | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(
    fields.flatMap((field) => {
      if (typeof field === "number") return [field];
      return [...(typeof field === "string" ? utf8.encode(field) : field)];
    }),
  );
}

function withId(name: string): readonly (number | string)[] {
  return [utf8.encode(name).length, name];
}

describe("a frame from the child", () => {
  test("gives back what the agent put into it", () => {
    fc.assert(
      fc.property(id, text, fc.uint8Array(), fc.integer({ min: 0, max: 5 }), (name, message, body, level) => {
        expect(decodeFrame(frame("O", ...withId(name), body))).toEqual({ kind: "result", id: name, body });
        expect(decodeFrame(frame("E", 1, ...withId(name), message))).toEqual({
          kind: "failure",
          id: name,
          expected: true,
          document: message,
        });
        expect(decodeFrame(frame("S", ...withId(name), message))).toEqual({ kind: "stack", id: name, frames: message });
        expect(decodeFrame(frame("L", level, ...withId(name), message))).toEqual({
          kind: "log",
          level,
          id: name,
          message,
        });
        expect(decodeFrame(frame("F", message))).toEqual({ kind: "init-failed", document: message });
      }),
    );
    expect(decodeFrame(frame("R"))).toEqual({ kind: "ready" });
  });

  test("of any other bytes is read without a throw", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeFrame(bytes)).toHaveProperty("kind");
      }),
    );
    expect(decodeFrame(frame("O", 5, "abc"))).toMatchObject({ kind: "malformed" });
    expect(decodeFrame(frame("?"))).toMatchObject({ kind: "malformed" });
    expect(decodeFrame(frame())).toMatchObject({ kind: "malformed" });
  });
});

test("an invocation is laid out as the agent matches it", () => {
  fc.assert(
    fc.property(id, fc.nat(), text, fc.uint8Array(), (name, deadlineMs, context, event) => {
      const bytes = encodeInvoke({ id: name, deadlineMs, context, event });
      const view = new DataView(bytes.buffer);
      const deadline = new Uint8Array(8);
      new DataView(deadline.buffer).setBigUint64(0, BigInt(deadlineMs));
      const size = new Uint8Array(4);
      new DataView(size.buffer).setUint32(0, utf8.encode(context).length);
      expect(view.getUint32(0)).toBe(bytes.length - 4);
      expect(bytes.subarray(4)).toEqual(frame("I", ...withId(name), deadline, size, context, event));
    }),
  );
  expect(encodeWhere("ab").subarray(4)).toEqual(frame("W", 2, "ab"));
  expect(encodeCancel("ab").subarray(4)).toEqual(frame("X", 2, "ab"));
  expect(() => encodeWhere("x".repeat(MAX_ID_BYTES + 1))).toThrow(RangeError);
});

describe("a stream of frames", () => {
  test("comes apart the same wherever it is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1 })), fc.array(fc.nat()), (frames, cuts) => {
        const stream = Uint8Array.from(frames.flatMap((bytes) => [0, 0, 0, bytes.length, ...bytes]));
        const reader = new FrameReader();
        const ends = [...cuts.map((cut) => cut % (stream.length + 1)), stream.length].toSorted((a, b) => a - b);
        let start = 0;
        const read = ends.flatMap((end) => {
          const part = reader.push(stream.subarray(start, end));
          start = end;
          return part;
        });
        expect(read.map((bytes) => [...bytes])).toEqual(frames.map((bytes) => [...bytes]));
      }),
    );
  });

  test.each([0, MAX_FRAME_BYTES + 1])("that is out of step, claiming a frame of %i bytes, is refused", (length) => {
    const head = new Uint8Array(4);
    new DataView(head.buffer).setUint32(0, length);
    expect(() => new FrameReader().push(head)).toThrow(RangeError);
  });
});
