import { describe, expect, test } from "vitest";
import { planChunks } from "./chunk-plan.ts";
import type { PlannedModule } from "./planned-module.ts";

interface Written {
  readonly imports?: string;
  readonly loads?: string;
  readonly free?: boolean;
  readonly waits?: boolean;
  readonly quiet?: boolean;
}

/** The chunks of a program that begins with `start`, each as its modules in the order in which they are written here. */
function chunksOf(program: Readonly<Record<string, Written>>): readonly string[] {
  const words = (text = ""): readonly string[] => text.split(" ").filter((word) => word !== "");
  const modules = new Map<string, PlannedModule>(
    Object.entries(program).map(([name, { imports, loads, free = false, waits = false, quiet = false }]) => [
      name,
      { imports: words(imports), loads: words(loads), free, waits, quiet, wrapped: false },
    ]),
  );
  const chunks = new Map<string, string[]>();
  const plan = planChunks("start", modules);
  for (const name of modules.keys()) {
    const chunk = plan.get(name);
    if (chunk !== undefined) chunks.set(chunk, [...(chunks.get(chunk) ?? []), name]);
  }
  return [...chunks.values()].map((names) => names.join(" "));
}

describe("a program is cut into chunks so that", () => {
  test("what one root brings in is one chunk, and what nobody asks for is in none", () => {
    expect(
      chunksOf({ start: { loads: "h" }, h: { imports: "a b" }, a: { imports: "c" }, b: {}, c: {}, lost: {} }),
    ).toEqual(["start", "h a b c"]);
  });

  test("what two roots bring in alike is one chunk, and its own what comes between for one of them", () => {
    expect(
      chunksOf({
        start: { loads: "one two" },
        one: { imports: "a b c d" },
        two: { imports: "a b x c d" },
        a: {},
        b: {},
        c: {},
        d: {},
        x: {},
      }),
    ).toEqual(["start", "one", "two", "a b", "c d", "x"]);
  });

  test("what two roots bring in in another order stays apart", () => {
    expect(
      chunksOf({ start: { loads: "one two" }, one: { imports: "a b" }, two: { imports: "b a" }, a: {}, b: {} }),
    ).toEqual(["start", "one", "two", "a", "b"]);
  });

  test("what is surely loaded before doesn't cut: a lazy import shares with its only loader", () => {
    expect(
      chunksOf({ start: { loads: "h" }, h: { imports: "a s b", loads: "later" }, later: { imports: "s own" } }),
    ).toEqual(["start", "h", "later"]);
    expect(
      chunksOf({
        start: { loads: "h" },
        h: { imports: "a s b", loads: "later" },
        later: { imports: "s own" },
        a: {},
        s: {},
        b: {},
        own: {},
      }),
    ).toEqual(["start", "h a s b", "later own"]);
  });

  test("what may be loaded from elsewhere too cuts", () => {
    expect(
      chunksOf({
        start: { loads: "h other" },
        h: { imports: "a s b", loads: "later" },
        other: { loads: "later" },
        later: { imports: "s" },
        a: {},
        s: {},
        b: {},
      }),
    ).toEqual(["start", "h b", "other", "later", "a", "s"]);
  });

  test("what roots load that load each other is found", () => {
    expect(
      chunksOf({
        start: { loads: "h" },
        h: { imports: "a", loads: "one" },
        one: { imports: "a b", loads: "two" },
        two: { imports: "a b c", loads: "one" },
        a: {},
        b: {},
        c: {},
      }),
    ).toEqual(["start", "h a", "one b", "two c"]);
  });

  test("a circle of imports ends", () => {
    expect(chunksOf({ start: { loads: "a b" }, a: { imports: "b" }, b: { imports: "a" } })).toEqual([
      "start",
      "a",
      "b",
    ]);
  });

  test("what does nothing while it is evaluated goes by who shares it, and cuts nobody", () => {
    expect(
      chunksOf({
        start: { loads: "one two" },
        one: { imports: "a f b g" },
        two: { imports: "g a b f" },
        a: {},
        b: {},
        f: { free: true },
        g: { free: true },
      }),
    ).toEqual(["start", "one", "two", "a b", "f g"]);
  });

  test("what waits is alone, as is what imports it, while the others stay together", () => {
    expect(
      chunksOf({
        start: { loads: "h" },
        h: { imports: "a b w c d user" },
        a: {},
        b: {},
        c: {},
        d: {},
        w: { waits: true, imports: "b" },
        user: { imports: "deep" },
        deep: { imports: "w" },
      }),
    ).toEqual(["start", "h", "a b", "c d", "w", "user", "deep"]);
  });
});

describe("modules that import each other", () => {
  const roots = { start: { loads: "one two" }, one: { imports: "b" }, two: { imports: "a c" }, a: {} };

  test("are as few chunks as keep the order of each root", () => {
    const ring = { a: { imports: "b" }, b: { imports: "c d" }, c: { imports: "a" }, d: {} };
    expect(chunksOf({ ...roots, one: { imports: "a" }, two: { imports: "d a" }, ...ring })).toEqual([
      "start",
      "one",
      "two",
      "a b",
      "c",
      "d",
    ]);
  });

  test("are chunks of their own where roots would have them in another order", () => {
    expect(chunksOf({ ...roots, b: { imports: "c a" }, c: { imports: "b" } })).toEqual([
      "start",
      "one",
      "two",
      "a",
      "b",
      "c",
    ]);
  });

  test("are one chunk then if they have no effects", () => {
    const quiet = { quiet: true };
    expect(chunksOf({ ...roots, b: { ...quiet, imports: "c a" }, c: { ...quiet, imports: "b" } })).toEqual([
      "start",
      "one",
      "two",
      "a",
      "b c",
    ]);
  });
});

test("chunks that hundreds of handlers share have names that are short enough for a file", () => {
  const handlers = Array.from({ length: 300 }, (_, number) => `handler${number}`);
  const free = { imports: [], loads: [], free: true, waits: false, wrapped: false, quiet: false };
  const modules = new Map<string, PlannedModule>([
    ["start", { ...free, loads: handlers }],
    ["all", free],
    ["some", free],
  ]);
  for (const [number, handler] of handlers.entries()) {
    modules.set(handler, { ...free, imports: number < 200 ? ["all", "some"] : ["all"], free: false });
  }
  const plan = planChunks("start", modules);
  expect(plan.get("all")).not.toBe(plan.get("some"));
  for (const name of plan.values()) expect(name.length).toBeLessThan(20);
});
