import { beforeAll, describe, expect, test } from "vitest";
import { type Program, runBothWays, type Said } from "./same-program.ts";

/** A module that says its name when it is evaluated, behind what it imports. */
const saying = (name: string, imports = ""): string =>
  `${imports};\nsay("${name}");\nexport const ${name} = "${name}";\n`;

const ORDERS: Readonly<Record<string, Program>> = {
  "siblings with top-level await go on while others wait": {
    "main.mjs": `import "./a.mjs"; import "./b.mjs"; import "./c.mjs"; import "./d.mjs"; say("main");`,
    "a.mjs": `say("a1"); await 0; say("a2"); await 0; say("a3");`,
    "b.mjs": `say("b1"); await 0; say("b2");`,
    "c.mjs": saying("c", `import "./e.mjs"`),
    "d.mjs": saying("d", `import "./b.mjs"`),
    "e.mjs": saying("e"),
  },
  "a module that waits for an import() of what its sibling imports too": {
    "main.mjs": `import "./a.mjs"; import "./b.mjs"; import "./c.mjs"; say("main");`,
    "a.mjs": `say("a1"); await import("./later.mjs"); say("a2");`,
    "b.mjs": saying("b"),
    "c.mjs": saying("c"),
    "later.mjs": saying("later", `import "./b.mjs"`),
  },
  "a module that fails after it has waited": {
    "main.mjs": `import "./a.mjs"; import "./b.mjs"; import "./c.mjs"; say("main");`,
    "a.mjs": `say("a1"); await 0; say("a2"); throw new RangeError("a");`,
    "b.mjs": saying("b"),
    "c.mjs": `say("c1"); await 0; await 0; say("c2");`,
  },
  "what a module passes on comes behind what it imports before, wherever it is used": {
    "main.mjs": `await import("./two.mjs"); for (const load of [() => import("./one.mjs"), () => import("./three.mjs"), () => import("./four.mjs")]) await load();`,
    "one.mjs": saying("one", `import "./p.mjs"`),
    "two.mjs": saying("two", `import { x, y } from "./b.mjs"; say(x, y)`),
    "three.mjs": saying("three", `import "./x.mjs"`),
    "four.mjs": saying("four", `import "./b.mjs"`),
    "b.mjs": saying("b", `import "./p.mjs"; export * from "./y.mjs"; export { x } from "./x.mjs"`),
    ...Object.fromEntries(["p", "x", "y"].map((name) => [`${name}.mjs`, saying(name)])),
  },
  "what two modules import comes in its place in the first of them": {
    "main.mjs": `for (const load of [() => import("./one.mjs"), () => import("./two.mjs"), () => import("./six.mjs")]) await load();`,
    "one.mjs": saying("one", `import "./two.mjs"; import "./four.mjs"`),
    "two.mjs": saying("two", `import "./three.mjs"; import "./six.mjs"`),
    "four.mjs": saying("four", `import { six } from "./six.mjs"; say(six)`),
    "three.mjs": saying("three"),
    "six.mjs": saying("six"),
  },
  "what is passed on in a circle that waits": {
    "main.mjs": `import { c, f } from "./one.mjs"; say(c, f()); await 0; say("main");`,
    "one.mjs": `import "./four.mjs"; export { l } from "./three.mjs"; say("one"); export const c = 1; export function f() { return 2; }`,
    "three.mjs": `import { k } from "./four.mjs"; say("three", k.name); export let l = 1; l++;`,
    "four.mjs": `import { five } from "./five.mjs"; say(five); await null; say("four"); export class k {}`,
    "five.mjs": `import { f, l } from "./one.mjs"; say("five", f()); try { say(l); } catch (e) { say(e.name); } export const five = 5;`,
  },
  "modules in a circle that wait": {
    "main.mjs": `import "./a.mjs"; import "./c.mjs"; say("main");`,
    "a.mjs": `import { b } from "./b.mjs"; say("a1"); await 0; say("a2", b); export const a = process.pid;`,
    "b.mjs": `import { a } from "./a.mjs"; export const b = 5; say("b1"); await 0; try { say(a); } catch (e) { say(e.name); }`,
    "c.mjs": saying("c"),
  },
};

/** Says of each name whether it can be read yet, and what it is. */
const reading = (names: string): string =>
  names
    .split(" ")
    .map(
      (name) =>
        `try { const v = ${name}; say("${name}", typeof v, v?.name ?? ""); } catch (e) { say("${name}", e.name); }`,
    )
    .join("\n");

/** `a.mjs` imports `b.mjs`, which reads names of `a.mjs` too early. */
const circle = (names: string, declarations: string, more: Program = {}): Program => ({
  "main.mjs": `import "./a.mjs";`,
  "a.mjs": `import "./b.mjs";\n${declarations}\nsay("a");\n${reading(names)}`,
  "b.mjs": `import { ${names.split(" ").join(", ")} } from "./a.mjs";\nsay("b");\n${reading(names)}`,
  ...more,
});

const CIRCLES: Readonly<Record<string, Program>> = {
  "constants, variables, functions and classes in a circle": circle(
    "c l v f g k e n o",
    `export const c = 1, n = () => 1; export let l = c; export let o; export var v = 2; export function f() {}
     export async function* g() {} export class k { static me = k; } export let e = class Named {}; say(k.me === k); o = 1; say(o);`,
  ),
  "patterns in a circle": circle(
    "p q r s t",
    `export const { p, x: [q, ...r] = [1, 2], ...s } = { p: 1, y: 5 }; export let [t = () => 1] = []; say(q, r, s.y);`,
  ),
  "names that two modules have, in a circle": circle(
    "X f",
    `import { k } from "./c.mjs"; class X {} const f = () => 3; export { X, f }; say(X.name + f.name + k);`,
    { "c.mjs": `class X {} const f = () => 4; export const k = X.name + f.name;` },
  ),
  ...Object.fromEntries(
    ["function () {}", "function named() {}", "class {}", "class Named {}", "() => 1", "{ a: 1 }"].map((value) => [
      `export default ${value} in a circle`,
      circle("d", `export { default as d } from "./d.mjs";`, {
        "d.mjs": `import "./b.mjs"; export default ${value}; import d from "./d.mjs"; ${reading("d")}`,
      }),
    ]),
  ),
  "namespaces in a circle": {
    "main.mjs": `import "./a.mjs";`,
    "a.mjs": `import "./b.mjs"; export * from "./c.mjs"; export * as own from "./a.mjs"; export function f() { return 1; } export const a = 2;`,
    "b.mjs": `import * as a from "./a.mjs"; import { own } from "./a.mjs";
      const kept = [a, own];
      for (const one of kept) {
        say(typeof one, one.f(), one.g(), one.own.f(), Object.getOwnPropertyNames(one).join());
        ${reading("one.a one.c")}
      }`,
    "c.mjs": `export class c {} export function g() { return 3; }`,
  },
  "a class that extends one that isn't there yet": {
    "main.mjs": `import "./a.mjs";`,
    "a.mjs": `import { B } from "./b.mjs"; export class A {} say(new B());`,
    "b.mjs": `import { A } from "./a.mjs"; export class B extends A {}`,
  },
  "a module that imports itself": {
    "main.mjs": `import * as me from "./main.mjs"; import { f as g, a as b } from "./main.mjs";
      const m = me; say(m.f(), g()); ${reading("b m.a")} export const a = 3; export function f() { return 1; } say(b);`,
  },
  "a module that imports its own default": {
    "main.mjs": `import d, { k as own } from "./main.mjs"; ${reading("d own")} export default 1; export class k {} ${reading("d own")}`,
  },
  "a package's index that its modules import": {
    "main.mjs": `export * from "./a.mjs"; export * from "./b.mjs"; say("main");`,
    "a.mjs": `import { b } from "./main.mjs"; export const a = 1; ${reading("b")}`,
    "b.mjs": `import { a } from "./main.mjs"; export const b = 2; ${reading("a")}`,
  },
};

const ALL: Readonly<Record<string, Program>> = { ...ORDERS, ...CIRCLES };

describe("modules are evaluated as by Node.js:", () => {
  let said: { readonly node: Said; readonly built: Said };
  beforeAll(async () => {
    said = await runBothWays(ALL);
  });

  test.each(Object.keys(ALL))("%s", (name) => {
    expect(said.node[name]).not.toHaveLength(0);
    expect(said.built[name]).toEqual(said.node[name]);
  });
});
