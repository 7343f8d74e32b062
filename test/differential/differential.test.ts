import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { ACCEPTED } from "./accepted.ts";
import { compareGraphs, type Comparison } from "./compare-graphs.ts";
import { valueOf } from "./draw.ts";
import { FEATURES } from "./features.ts";
import { graphs } from "./generator.ts";
import { keptGraphs } from "./kept.ts";
import { linesOf } from "./signature.ts";

/** A few; `npm run differential` has more. */
const SEEDS = Array.from({ length: 60 }, (_, index) => 60_001 + index);

const arbitrary = graphs(FEATURES);
const generated = SEEDS.map((seed) => [`seed${seed}`, valueOf(arbitrary, seed)] as const);
const kept = keptGraphs().filter(({ open }) => open === undefined);

const all = new Map([...generated, ...kept.map(({ name, graph }) => [name, graph] as const)]);

let comparison: Comparison;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-differential-"));
  try {
    comparison = await compareGraphs(folder, all, { node: process.execPath });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function differencesOf(names: readonly string[]): unknown {
  return comparison.differences
    .filter((one) => {
      const graph = names.includes(one.graph) ? all.get(one.graph) : undefined;
      return graph !== undefined && !ACCEPTED.some(({ matches }) => matches(one, graph));
    })
    .map(({ entry, build, node, built }) => ({
      entry,
      build,
      node: linesOf(node),
      built: typeof built === "string" ? built : linesOf(built),
    }));
}

test("graphs of modules do as built what they do under Node.js", () => {
  expect(differencesOf(generated.map(([name]) => name))).toEqual([]);
  expect(comparison.entries).toBeGreaterThan(SEEDS.length * 2);
});

test("graphs that once did otherwise still do as under Node.js", () => {
  expect(differencesOf(kept.map(({ name }) => name))).toEqual([]);
  expect(kept).not.toHaveLength(0);
});
