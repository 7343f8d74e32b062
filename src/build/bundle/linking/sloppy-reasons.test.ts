import { describe, expect, test } from "vitest";
import { parseCommonJs } from "../../parse-commonjs.ts";
import { needsSloppy } from "./sloppy-reasons.ts";

function needs(code: string): boolean {
  const program = parseCommonJs(code);
  if (program === undefined) throw new Error("no CommonJS");
  return needsSloppy(program);
}

describe("CommonJS", () => {
  test.each([
    "with (a) b();",
    "delete a;",
    "a = 017;",
    String.raw`a = "\07";`,
    "function f(a, a) {}",
    "var package = 1;",
    "function f() { return arguments.callee; }",
    "function f(a) { a = 1; return arguments[0]; }",
    "function f(a) { var all = arguments; a = 1; return all; }",
    "function f(a) { arguments[0] = 1; return a; }",
    "function f(a) { [].shift.call(arguments); return a; }",
    "function f(a) { while (a) { g.apply(this, arguments); a--; } }",
    "function f() { if (a) { function g() {} } g(); }",
    "try { function g() {} } catch (e) {}",
    "a = function f() { f = 1; };",
    "undefined = 1;",
    "a = Object.freeze({}); a.b = 1;",
    `Object.defineProperty(a, "b", { value: 1 }); a.b = 2;`,
    "a = { get b() {} }; a.b = 1;",
    "function f() {} f.name = 1;",
    "function f(a = this) {}",
    `"use strict"; eval(text);`,
  ])("is text in the bundle that says %s", (code) => {
    expect(needs(code)).toBe(true);
  });

  test.each([
    "a = 0; b = 0.5; c = '\\0\\n';",
    "delete a.b;",
    "function f(a, b) { if (arguments.length < 2) { b = a; } return b; }",
    "function f(a) { var all = [].slice.call(arguments); a = 1; return all; }",
    "function f(a) { return g.apply(this, arguments) + a; }",
    "function f(a) { function g() { return arguments; } a = 1; return g; }",
    "function f() { if (a) { function g() {} g(); } }",
    "function f() { function g() {} return g; }",
    "if (a) { b = function g() {}; }",
    "a = { static: 1, let: 2, yield: 3 }; a.package = 4;",
    "a = { get b() {} }; a.c = 1;",
    "if (d) { Object.defineProperty(a, 'raw', { value: b }); } else { a.raw = b; }",
    "Object.freeze(a); b.c = 1;",
    "function f(a) { g(function (a) { a = 1; }); return arguments; }",
    "function f(a) { var all = [].slice.call(arguments); g(function () { a = 1; }); }",
    "function A() {} A.prototype.toString = f; Object.defineProperty(a, 'toString', { value: 1 });",
    `function f(a) { "use strict"; a = 1; return arguments; }`,
    "class A { m(a) { a = 1; return arguments; } }",
    `"use strict"; function f(a) { a = 1; return arguments; }`,
    `a = eval("require");`,
    "function f() { return this; }",
    "neverDeclared = 1;",
  ])("stays code that says %s", (code) => {
    expect(needs(code)).toBe(false);
  });
});
