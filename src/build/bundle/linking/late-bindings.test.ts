import { describe, expect, test } from "vitest";
import { applyEdits } from "../defer/edits.ts";
import { lateBindings, lateNames } from "./late-bindings.ts";

/** What is made of a module's text, where everything in it can be read early. */
function late(text: string, source = text): string {
  let count = 0;
  const { edits } = lateBindings(
    text,
    lateNames("/m.mjs", source),
    () => true,
    () => `$${count++}`,
    { namespace: "__exportAll", name: "__name" },
  );
  return applyEdits(text, edits);
}

describe("what can be read too early", () => {
  test("is given to a class's name, for which that is an error", () => {
    expect(late("const a = f(),\n  b = 2;\nlet c;")).toBe(
      "var $0 = f(); class a {} a = $0; \nvar $1 = 2; class b {} b = $1;\nclass c {} c = void 0;",
    );
    expect(late("const { a, b: [c = 1, ...d] } = f();")).toBe(
      "var $0 = f(); class a {} class c {} class d {} ({ a, b: [c = 1, ...d] } = $0);",
    );
  });

  test("keeps the name that a function takes from its variable", () => {
    expect(late("const a = () => 1;")).toBe("class a {} a = () => 1;");
  });

  test("is a class again where it was one, at the same column", () => {
    expect(late("var A = class extends B {};", "class A extends B {}")).toBe("class A       extends B {};");
    expect(late("var A$1 = class A {};", "class A {}")).toBe("var $0 = class A {}; class A$1 {} A$1 = $0;");
  });

  test("stays what it was where it is a variable, or a function", () => {
    const text = "var a = 1; var A = class {}; function f() {}";
    expect(late(text)).toBe(text);
  });
});
