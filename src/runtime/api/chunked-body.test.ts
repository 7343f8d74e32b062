import { expect, test } from "vitest";
import { ChunkedBody, TURN_OVER } from "./chunked-body.ts";

function recorded(): { readonly body: ChunkedBody; readonly writes: string[] } {
  const writes: string[] = [];
  const body = new ChunkedBody((bytes) => {
    writes.push(Buffer.from(bytes).toString("latin1"));
    return Promise.resolve();
  });
  return { body, writes };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("the first piece of a turn is sent at once, what follows in the turn as one chunk when it is over", async () => {
  const { body, writes } = recorded();
  void body.add(bytes("first"));
  expect(writes).toEqual(["5\r\nfirst\r\n"]);
  for (const piece of ["one", "two", ""]) expect(body.add(bytes(piece))).toBeUndefined();
  expect(writes).toHaveLength(1);
  expect(body.holds).toBe(true);
  expect(await body.orTurnOver(new Promise(() => undefined))).toBe(TURN_OVER);
  await body.flush();
  expect(writes.slice(1)).toEqual(["6\r\nonetwo\r\n"]);
  expect(body.holds).toBe(false);
  void body.add(bytes("next turn"));
  expect(writes.slice(2)).toEqual(["9\r\nnext turn\r\n"]);
});

test("a piece that comes as the turn ends is sent behind what was gathered", async () => {
  const { body, writes } = recorded();
  void body.add(bytes("first"));
  void body.add(bytes("second"));
  await new Promise((resolve) => setImmediate(resolve));
  void body.add(bytes("third"));
  expect(writes).toEqual(["5\r\nfirst\r\n", "6\r\nsecond\r\n", "5\r\nthird\r\n"]);
});

test("a source may use the buffer of a gathered piece again", async () => {
  const { body, writes } = recorded();
  void body.add(bytes("first"));
  const piece = bytes("abc");
  void body.add(piece);
  piece.fill(0x78);
  await body.end("");
  expect(writes).toEqual(["5\r\nfirst\r\n", "3\r\nabc\r\n", "0\r\n\r\n"]);
});

test("no more than 64 KiB wait, and pieces of any size arrive whole and in order", async () => {
  const { body, writes } = recorded();
  const sizes = [10, 16_400, 16_400, 16_400, 16_400, 65_535, 65_536, 65_537, 1, 300_000, 7, 65_536];
  const pieces = sizes.map((size, index) => "abcdefghijkl".charAt(index).repeat(size));
  for (const piece of pieces) await body.add(bytes(piece));
  await body.end("trailer: 1\r\n");
  const wire = writes.join("");
  expect(wire.endsWith("0\r\ntrailer: 1\r\n\r\n")).toBe(true);
  let at = 0;
  let received = "";
  for (;;) {
    const lineEnd = wire.indexOf("\r\n", at);
    const size = Number.parseInt(wire.slice(at, lineEnd), 16);
    if (size === 0) break;
    received += wire.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
    expect(wire.slice(at - 2, at)).toBe("\r\n");
  }
  expect(received).toBe(pieces.join(""));
});
