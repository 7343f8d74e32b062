import { expect, test } from "vitest";
import { MAX_RESPONSE_BYTES } from "../protocol/limits.ts";
import { encodeResult } from "./encode-result.ts";

const text = (value: unknown): string => {
  const encoded = encodeResult(value);
  return encoded.kind === "body"
    ? new TextDecoder().decode(encoded.body)
    : `${encoded.document.errorType}: ${encoded.document.errorMessage}`;
};

test.each([
  [undefined, "null"],
  [null, "null"],
  [0, "0"],
  ["é", '"é"'],
  [{ a: [1, undefined], b: undefined }, '{"a":[1,null]}'],
  [new Date(0), '"1970-01-01T00:00:00.000Z"'],
])("%o becomes %s", (value, json) => {
  expect(text(value)).toBe(json);
});

const circular: { list: unknown[] } = { list: [{}] };
circular.list.push({ back: circular });

test.each([
  [
    "a BigInt, with its path",
    { user: { "first name": { ids: [1, 2n] } } },
    'result.user["first name"].ids[1] is a BigInt (2n)',
  ],
  ["a circle, with its path", circular, "result.list[1].back refers back"],
  [
    "a toJSON that throws",
    {
      at: {
        toJSON: (): never => {
          throw new Error("no date");
        },
      },
    },
    "toJSON() of the value at result.at threw Error: no date",
  ],
  [
    "a getter that throws",
    {
      get secret(): string {
        throw new Error("locked");
      },
    },
    "reading the value at result.secret threw Error: locked",
  ],
  ["a function", () => 1, "the result is a function"],
  ["a symbol", Symbol("s"), "the result is a symbol"],
])("%s is an invalid response format", (_name, value, message) => {
  expect(text(value)).toMatch(/^Runtime\.InvalidResponseFormat: Invalid response format: /);
  expect(text(value)).toContain(message);
});

test("the same object twice is no circle", () => {
  const shared = { a: 1 };
  expect(text({ x: shared, y: shared })).toBe('{"x":{"a":1},"y":{"a":1}}');
});

test("a response may have exactly Lambda's limit, and says its size beyond it", () => {
  const largest = "x".repeat(MAX_RESPONSE_BYTES - 2);
  expect(encodeResult(largest).kind).toBe("body");
  expect(text(`${largest}x`)).toMatch(
    /Payload too large: the response has 6291557 bytes, Lambda takes at most 6291556/,
  );
});
