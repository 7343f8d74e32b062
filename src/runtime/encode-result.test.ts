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

/** `levels` of them around `inner`. */
function nested(levels: number, wrap: (inner: unknown) => object, inner: unknown = 1): object {
  let value = wrap(inner);
  for (let level = 1; level < levels; level++) value = wrap(value);
  return value;
}

test.each([
  ["arrays", 100_000, (inner: unknown) => [inner]],
  ["objects", 100_000, (inner: unknown) => ({ inner })],
  ["a list", 100_000, (next: unknown) => ({ value: { n: 1, tags: ["a", "b"] }, next })],
  ["objects with a long list each", 12_000, (inner: unknown) => ({ list: Array.from("x".repeat(100)), inner })],
])("many levels of %s are refused by looking, not by trying", (_name, levels, wrap) => {
  expect(text(nested(levels, wrap))).toBe(
    "Runtime.InvalidResponseFormat: Invalid response format: the result is nested deeper than 10000 levels.",
  );
});

test("a long circle is told with its path, a result of many levels is written", () => {
  const circle: { inner?: object } = {};
  circle.inner = nested(1_000, (inner) => ({ inner }), circle);
  expect(text(circle)).toMatch(/the value at result(\.inner){1001} refers back/);
  // As many as Node.js, which this runs on, can write.
  expect(text(nested(2_000, (inner) => [inner]))).toHaveLength(4_001);
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
