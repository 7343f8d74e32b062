import { describe, expect, test } from "vitest";
import { hasTopLevelAwait } from "./top-level-await.ts";

describe("a module waits", () => {
  test.each([
    "await 0;",
    "export const a = [{ b: f(await g()) }];",
    "try { if (a) { await b; } } catch {}",
    "for await (const x of y) f(x);",
    "await using x = y;",
    "class A { [await f()] = 1; }",
    "class A extends (await f()) {}",
    "const { a = await b } = c;",
  ])("with %s", (code) => expect(hasTopLevelAwait("/m.mjs", code)).toBe(true));

  test("in TypeScript too", () => {
    expect(hasTopLevelAwait("/m.ts", "const a: number = await b<string>();")).toBe(true);
  });

  test.each([
    "const a = async () => { await b; };",
    "async function f() { for await (const x of y) g(x); }",
    "class A { async m() { await a; } b = async () => await c; }",
    "export default { async a() { await b; } };",
    "// await\nconst s = 'await';",
    "this is none; await x",
  ])("but not with %s", (code) => expect(hasTopLevelAwait("/m.mjs", code)).toBe(false));
});
