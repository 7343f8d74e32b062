import fastCheck from "fast-check";
import { expect, test } from "vitest";
import { treemap } from "./treemap.ts";

const AREA = { x: 10, y: 20, width: 600, height: 400 };

test("tiles are as large as their items weigh, lie inside and not on each other", () => {
  fastCheck.assert(
    fastCheck.property(fastCheck.array(fastCheck.integer({ min: 1, max: 1_000_000 }), { minLength: 1 }), (weights) => {
      const items = weights.toSorted((a, b) => b - a).map((bytes) => ({ bytes }));
      const total = weights.reduce((sum, one) => sum + one, 0);
      const tiles = treemap(items, AREA);
      expect(tiles).toHaveLength(items.length);
      for (const { item, x, y, width, height } of tiles) {
        expect(width * height).toBeCloseTo((item.bytes / total) * AREA.width * AREA.height, 3);
        expect(Math.min(x - AREA.x, y - AREA.y)).toBeGreaterThan(-0.001);
        expect(Math.max(x + width - 610, y + height - 420)).toBeLessThan(0.001);
      }
      const [first, second] = tiles;
      if (first === undefined || second === undefined) return;
      const overlapX = Math.min(first.x + first.width, second.x + second.width) - Math.max(first.x, second.x);
      const overlapY = Math.min(first.y + first.height, second.y + second.height) - Math.max(first.y, second.y);
      expect(Math.min(overlapX, overlapY)).toBeLessThan(0.001);
    }),
  );
});

test("nothing fills nothing", () => {
  expect(treemap([], AREA)).toEqual([]);
  expect(treemap([{ bytes: 1 }], { ...AREA, width: 0 })).toEqual([]);
});
