export interface Weighted {
  readonly bytes: number;
}

export interface Tile<T> {
  readonly item: T;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Fills an area with tiles as large as their items weigh, as near to squares as can be. After Bruls, Huizing and van Wijk,
 * "Squarified Treemaps" (2000): a row along the shorter side grows for as long as its worst tile gets better.
 * @param items heaviest first
 */
export function treemap<T extends Weighted>(items: readonly T[], area: Area): readonly Tile<T>[] {
  const total = items.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total === 0 || area.width <= 0 || area.height <= 0) return [];
  const scale = (area.width * area.height) / total;
  const tiles: Tile<T>[] = [];
  let free = area;
  let row: T[] = [];
  for (const item of items) {
    const side = Math.min(free.width, free.height);
    if (row.length > 0 && worst([...row, item], side, scale) > worst(row, side, scale)) {
      free = place(row, free, scale, tiles);
      row = [];
    }
    row.push(item);
  }
  place(row, free, scale, tiles);
  return tiles;
}

/** How far the least square of a row's tiles is from one. */
function worst(row: readonly Weighted[], side: number, scale: number): number {
  const areas = row.map(({ bytes }) => bytes * scale);
  const sum = areas.reduce((total, one) => total + one, 0);
  const [largest, smallest] = [Math.max(...areas), Math.min(...areas)];
  return Math.max((side ** 2 * largest) / sum ** 2, sum ** 2 / (side ** 2 * smallest));
}

/** Along the shorter side; returns what stays free. */
function place<T extends Weighted>(row: readonly T[], area: Area, scale: number, tiles: Tile<T>[]): Area {
  const sum = row.reduce((total, { bytes }) => total + bytes, 0) * scale;
  if (sum === 0) return area;
  const { x, y, width, height } = area;
  const isWide = width >= height;
  const thickness = sum / (isWide ? height : width);
  let at = isWide ? y : x;
  for (const item of row) {
    const length = (item.bytes * scale) / thickness;
    tiles.push(
      isWide
        ? { item, x, y: at, width: thickness, height: length }
        : { item, x: at, y, width: length, height: thickness },
    );
    at += length;
  }
  return isWide
    ? { x: x + thickness, y, width: width - thickness, height }
    : { x, y: y + thickness, width, height: height - thickness };
}
