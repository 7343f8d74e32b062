import { expect, test } from "vitest";
import { treemapPage } from "./page.ts";
import type { DoctorReport } from "./report.ts";

const MODULES = [
  { name: "node_modules/wide/a.js", package: "wide", bytes: 300_000 },
  { name: "node_modules/wide/b.js", package: "wide", bytes: 100_000 },
  { name: "src/a.ts", package: null, bytes: 50_000 },
];

const REPORT: DoctorReport = {
  version: 1,
  artifacts: [],
  bundle: {
    bytes: 500_000,
    own: 50_000,
    runtime: 50_000,
    packages: [{ name: "wide", versions: [], bytes: 400_000, modules: 2, why: [] }],
    modules: MODULES,
  },
  leftOut: [],
  advice: [],
  warnings: [],
};

test("tiles are as large as what they show, each module's inside of its package's", () => {
  const tiles = new Map(
    [
      ...treemapPage(REPORT).matchAll(
        /<title>([^\n<]+)\n[^<]*<\/title><rect[^>]*? x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)"/g,
      ),
    ].map(([, name = "", ...box]) => [name, box.map(Number)] as const),
  );
  const area = (name: string): number => (tiles.get(name)?.[2] ?? 0) * (tiles.get(name)?.[3] ?? 0);
  expect([...tiles.keys()].toSorted()).toEqual(
    ["Mayfly", ...MODULES.map(({ name }) => name), "wide", "your code"].toSorted(),
  );
  expect(area("wide") / area("Mayfly")).toBeCloseTo(8, 1);
  expect(area("node_modules/wide/a.js") / area("node_modules/wide/b.js")).toBeCloseTo(3, 1);
  const [x = 0, y = 0, width = 0, height = 0] = tiles.get("wide") ?? [];
  for (const { name } of MODULES.slice(0, 2)) {
    const [left = 0, top = 0, w = 0, h = 0] = tiles.get(name) ?? [];
    expect(left >= x && top >= y && left + w <= x + width + 0.2 && top + h <= y + height + 0.2).toBe(true);
  }
});
