import fc from "fast-check";
import { expect, test } from "vitest";
import { formatInvokeComplete, formatMessage, formatPayloadChunk, parseMessage } from "./event-stream.ts";

test("a payload chunk has the bytes that AWS's own encoder gives it", () => {
  // From AWS's published test vectors: no headers, payload {'foo':'bar'}.
  const bytes = formatMessage({ headers: {}, payload: Buffer.from("{'foo':'bar'}") });
  expect(Buffer.from(bytes).toString("hex")).toBe("0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936");
});

test("headers are strings in the order given", () => {
  const parsed = parseMessage(formatPayloadChunk(Buffer.from("hi")));
  expect(parsed?.message.headers).toEqual({
    ":event-type": "PayloadChunk",
    ":content-type": "application/octet-stream",
    ":message-type": "event",
  });
  expect(Buffer.from(parsed?.message.payload ?? []).toString()).toBe("hi");
});

test("any messages, cut anywhere, are read back as they were", () => {
  const message = fc.record({
    headers: fc.dictionary(
      fc.string({ minLength: 1, maxLength: 40, unit: "grapheme-ascii" }),
      fc.string({ maxLength: 300 }),
      {
        noNullPrototype: true,
      },
    ),
    payload: fc.uint8Array({ maxLength: 2_000 }),
  });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 4 }), fc.nat(), (messages, seed) => {
      const bytes = Buffer.concat(messages.map(formatMessage));
      const cut = bytes.length === 0 ? 0 : seed % bytes.length;
      const read = [];
      let pending: Uint8Array = new Uint8Array();
      for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        pending = Buffer.concat([pending, part]);
        for (let next = parseMessage(pending); next !== undefined; next = parseMessage(pending)) {
          read.push({ headers: next.message.headers, payload: Uint8Array.from(next.message.payload) });
          pending = next.rest;
        }
      }
      expect(pending).toHaveLength(0);
      expect(read).toEqual(messages.map((one) => ({ ...one, payload: Uint8Array.from(one.payload) })));
    }),
  );
});

test("a flipped bit is noticed wherever it is", () => {
  const bytes = formatInvokeComplete({ ErrorCode: "Runtime.ExitError" });
  fc.assert(
    fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
      const damaged = Uint8Array.from(bytes);
      const index = bit >> 3;
      damaged[index] = (damaged[index] ?? 0) ^ (1 << (bit & 7));
      expect(() => parseMessage(damaged)).toThrow(RangeError);
    }),
  );
});
