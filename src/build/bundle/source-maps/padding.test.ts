import { expect, test } from "vitest";
import { deflateRawSync } from "node:zlib";
import { padding } from "./padding.ts";

test.each([1, 7, 100, 5_000, 200_000])("takes %i bytes however it is packed", (bytes) => {
  const text = padding(bytes);
  expect(text).toMatch(/^\n\/\*[\w-]+\*\/\n$/);
  expect(deflateRawSync(text, { level: 9 }).length).toBeGreaterThanOrEqual(bytes);
  expect(text.length).toBeLessThan(bytes * 1.5 + 20);
  expect(padding(bytes)).toBe(text);
});

test("is nothing where there is room", () => {
  expect(padding(0)).toBe("");
});
