import fastCheck from "fast-check";
import { expect, test } from "vitest";
import { jsonProblem } from "./json-problem.ts";

test.each([
  [`{"a":1,\n "b":}`, 2, 6, `"}"`],
  ["{a:1}", 1, 2, `"a"`],
  ["event.json", 1, 1, `"event"`],
  [`{"a": 'x'}`, 1, 7, `"'"`],
  [`[1, 2,]`, 1, 7, `"]"`],
  [`{"a": 1`, 1, 8, "the end"],
  [`{"a": "x\n"}`, 1, 7, `"""`],
  [`1 2`, 1, 3, `"2"`],
])("%j isn't JSON from line %d, column %d on", (text, line, column, found) => {
  expect(jsonProblem(text)).toEqual({ line, column, found });
});

test("JSON has no problem, and is read to its end", () => {
  fastCheck.assert(
    fastCheck.property(fastCheck.json(), (text) => {
      expect(jsonProblem(text)).toBeUndefined();
      expect(jsonProblem(`${text} !`)).toMatchObject({ found: `"!"` });
    }),
  );
});
