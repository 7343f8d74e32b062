import { expect, test } from "vitest";
import { lossesOf } from "./lossy-result.ts";

test("what JSON writes whole is no loss", () => {
  const kept = {
    text: "a",
    list: [1, null],
    date: new Date(0),
    bytes: Buffer.from("a"),
    none: undefined,
    own: { toJSON: () => 1 },
  };
  expect(lossesOf(kept)).toEqual([]);
});

test("a class of maps that writes itself, or an error with fields, is none either", () => {
  class Orders extends Map<string, number> {
    toJSON(): unknown {
      return [...this];
    }
  }
  expect(lossesOf([new Orders(), Object.assign(new Error("x"), { code: 1 })])).toEqual([]);
});

test("what is lost is named by path, the first ten", () => {
  expect(lossesOf(new Map())).toEqual(["result is a Map, which JSON writes as {}"]);
  expect(lossesOf({ a: [{ b: Symbol("x") }, Infinity] })).toEqual([
    "result.a[0].b is a symbol, which JSON leaves out",
    "result.a[1] is Infinity, which JSON writes as null",
  ]);
  expect(lossesOf(Array.from({ length: 20 }, () => new Set()))).toHaveLength(10);
});

test("neither circles nor getters that throw are in the way", () => {
  const circle: Record<string, unknown> = { set: new Set() };
  circle["self"] = circle;
  expect(lossesOf(circle)).toEqual(["result.set is a Set, which JSON writes as {}"]);
  const hidden = {
    get secret(): never {
      throw new Error("no");
    },
  };
  expect(lossesOf(hidden)).toEqual([]);
});
