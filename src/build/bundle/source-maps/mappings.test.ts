import { describe, expect, test } from "vitest";
import { type Mapping, readMappings, through } from "./mappings.ts";

const at = (line: number, column: number, source: number, originalLine: number, originalColumn: number): Mapping => ({
  line,
  column,
  source,
  originalLine,
  originalColumn,
});

describe("the mappings of a source map", () => {
  test("are differences, to the last one of the line in columns and to the last of all else", () => {
    expect(readMappings("AAAA,IACC;;EADA,EACF")).toEqual([
      at(0, 0, 0, 0, 0),
      at(0, 4, 0, 1, 1),
      at(2, 2, 0, 0, 1),
      at(2, 4, 0, 1, -1),
    ]);
  });

  test("take as many digits as they need, whatever their sign", () => {
    expect(readMappings("gggiBCggggBhgggB")).toEqual([at(0, 557_056, 1, 524_288, -524_288)]);
  });

  test("may name what is mapped, which is left out, and may lead nowhere, which is too", () => {
    expect(readMappings("A,CAAAA,C,CAACC")).toEqual([at(0, 1, 0, 0, 0), at(0, 3, 0, 0, 1)]);
    expect(readMappings("")).toEqual([]);
    expect(readMappings(";;;")).toEqual([]);
  });

  test.each(["AA!A", "AAA", "AAAé", "g"])("are nothing else: %s", (text) => {
    expect(() => readMappings(text)).toThrow("No mappings of a source map");
  });
});

describe("the way through the code in between", () => {
  const inner = [at(0, 0, 0, 10, 0), at(0, 8, 1, 20, 4), at(2, 4, 0, 30, 2)];

  test("goes on from the last place that isn't behind the one that was come to", () => {
    const outer = [at(0, 0, 0, 0, 0), at(0, 3, 0, 0, 7), at(0, 5, 0, 0, 8), at(1, 0, 0, 2, 90)];
    expect(through(outer, inner, 9)).toEqual([
      at(0, 0, 0, 10, 0),
      at(0, 3, 0, 10, 0),
      at(0, 5, 1, 20, 4),
      at(1, 0, 0, 30, 2),
    ]);
  });

  test("ends at what the code in between was made of nothing, told once a line", () => {
    const outer = [at(0, 0, 0, 1, 0), at(0, 4, 0, 1, 9), at(0, 6, 0, 2, 3), at(0, 8, 0, 2, 4), at(1, 0, 0, 3, 0)];
    expect(through(outer, inner, 2)).toEqual([at(0, 0, 2, 0, 0), at(0, 8, 0, 30, 2), at(1, 0, 2, 0, 0)]);
  });
});
