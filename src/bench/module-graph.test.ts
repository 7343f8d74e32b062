import { describe, expect, test } from "vitest";
import { chainTo, importTree, type ModuleGraph, type ModuleNode, reachable } from "./module-graph.ts";

function graph(imports: Readonly<Record<string, readonly string[]>>): ModuleGraph {
  const nodes = Object.entries(imports).map(([name, list]): [string, ModuleNode] => [
    name,
    { name, origin: "own", package: undefined, bytes: 1, imports: list },
  ]);
  return { modules: new Map(nodes) };
}

// A circle, and two ways to `shared`, the shorter one second.
const some = graph({
  handler: ["left", "right"],
  left: ["deep"],
  deep: ["shared", "handler"],
  right: ["shared"],
  shared: [],
  alone: ["shared"],
});

describe("the graph of modules", () => {
  test("names the shortest way from the handler", () => {
    expect(chainTo(some, ["handler"], "shared")).toEqual(["handler", "right", "shared"]);
    expect(chainTo(some, ["handler"], "handler")).toEqual(["handler"]);
    expect(chainTo(some, ["handler"], "alone")).toEqual([]);
  });

  test("knows what goes with a module and what others still need", () => {
    const without = (name: string): string[] => [...reachable(some, ["handler"], (one) => one.name === name)];
    expect(without("left")).toEqual(["handler", "right", "shared"]);
    expect(without("right")).toEqual(["handler", "left", "deep", "shared"]);
  });

  test("hangs each module once, below the one that brings it in first", () => {
    expect(importTree(some, ["handler"], () => true)).toEqual([
      {
        name: "handler",
        children: [
          { name: "left", children: [{ name: "deep", children: [{ name: "shared", children: [] }] }] },
          { name: "right", children: [] },
        ],
      },
    ]);
  });

  test("looks through modules that do not count", () => {
    expect(importTree(some, ["handler"], (name) => name !== "left" && name !== "handler")).toEqual([
      { name: "deep", children: [{ name: "shared", children: [] }] },
      { name: "right", children: [] },
    ]);
  });
});
