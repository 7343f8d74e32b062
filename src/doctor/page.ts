import { hierarchy, type HierarchyRectangularNode, treemap } from "d3-hierarchy";
import { fileSize } from "../support/file-size.ts";
import { megabytes } from "../support/megabytes.ts";
import type { DoctorReport } from "./report.ts";

const WIDTH = 1_280;
const HEIGHT = 720;
/** For a group's name. */
const HEAD = 18;
const GAP = 2;
/** Smaller tiles have no name. */
const NAMED = { width: 46, height: 13 } as const;

/** All, a group of modules, or a module. */
interface Part {
  readonly name: string;
  readonly bytes: number;
  readonly parts?: readonly Part[];
}

type Tile = HierarchyRectangularNode<Part>;

/** A page with all code of a bundle as tiles, packages in one frame each: one file that needs nothing else. */
export function treemapPage({ bundle, artifacts }: DoctorReport): string {
  const whole: Part = { name: "", bytes: bundle.bytes, parts: groupsOf(bundle) };
  const parts = hierarchy(whole, (part) => part.parts).sum((part) => (part.parts === undefined ? part.bytes : 0));
  const layOut = treemap<Part>()
    .size([WIDTH, HEIGHT])
    .paddingOuter(({ depth }) => (depth === 1 ? GAP : 0))
    .paddingTop((tile) => (tile.depth === 1 ? GAP + headOf(tile) : 0));
  const tiles = (layOut(parts).children ?? []).map(groupTile);
  const sizes = artifacts.map(({ path, bytes }) => `${path} ${megabytes(bytes)}`).join(", ");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>What is in the bundle</title>
<style>${STYLE}</style>
<h1>${escape(sizes)}: ${fileSize(bundle.bytes)} of code</h1>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
${tiles.join("\n")}
</svg>
</html>
`;
}

/** The largest first, as the modules are. */
function groupsOf({ modules, packages, own, runtime }: DoctorReport["bundle"]): readonly Part[] {
  const partsOf = (name: string | null): readonly Part[] => modules.filter((one) => one.package === name);
  const groups: readonly Part[] = [
    { name: "your code", bytes: own, parts: partsOf(null) },
    { name: "Mayfly", bytes: runtime },
    ...packages.map(({ name, bytes }) => ({ name, bytes, parts: partsOf(name) })),
  ];
  return groups.filter(({ bytes }) => bytes > 0).toSorted((a, b) => b.bytes - a.bytes);
}

function headOf({ x0, x1, y0, y1 }: Tile): number {
  return y1 - y0 > HEAD * 2 && x1 - x0 > NAMED.width ? HEAD : 0;
}

function groupTile(tile: Tile, index: number): string {
  const hue = Math.round((index * 137.5) % 360);
  const modules = (tile.children ?? []).map((one) => moduleTile(one, hue));
  const name = headOf(tile) > 0 ? label(`${tile.data.name}  ${sizeOf(tile)}`, tile, { x: 4, y: 13 }) : "";
  return `<g style="--hue: ${hue}">${title(tile)}${box(tile, "group")}${name}${modules.join("")}</g>`;
}

function moduleTile(tile: Tile, hue: number): string {
  const { x0, x1, y0, y1, data } = tile;
  const short = data.name.replace(/^.*node_modules\/(?:@[^/]+\/)?[^/]+\//, "");
  const isNamed = x1 - x0 > NAMED.width && y1 - y0 > NAMED.height;
  const name = isNamed ? label(short, tile, { x: 3, y: 11 }) : "";
  return `<g style="--hue: ${hue}">${title(tile)}${box(tile, "module")}${name}</g>`;
}

function title(tile: Tile): string {
  return `<title>${escape(`${tile.data.name}\n${sizeOf(tile)}`)}</title>`;
}

function sizeOf({ value = 0 }: Tile): string {
  return fileSize(value);
}

function box({ x0, x1, y0, y1 }: Tile, kind: "group" | "module"): string {
  return `<rect class="${kind}" x="${fixed(x0)}" y="${fixed(y0)}" width="${fixed(x1 - x0)}" height="${fixed(y1 - y0)}"/>`;
}

/** As much of it as there is room for; its end says most. */
function label(text: string, { x0, x1, y0 }: Tile, { x, y }: { readonly x: number; readonly y: number }): string {
  const room = Math.floor((x1 - x0 - 6) / 6);
  const shown = text.length <= room ? text : `…${text.slice(text.length - room + 1)}`;
  return room < 3 ? "" : `<text x="${fixed(x0 + x)}" y="${fixed(y0 + y)}">${escape(shown)}</text>`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const STYLE = `
:root { color-scheme: light dark }
body { font: 13px system-ui, sans-serif; margin: 12px }
h1 { font-size: 15px }
svg { width: 100%; height: auto }
text { font: 10px system-ui, sans-serif; fill: light-dark(#111, #f2f2f2); pointer-events: none }
.group { fill: hsl(var(--hue) 35% light-dark(90%, 18%)); fill: light-dark(hsl(var(--hue) 45% 88%), hsl(var(--hue) 30% 20%)) }
.module { fill: light-dark(hsl(var(--hue) 50% 78%), hsl(var(--hue) 30% 30%)); stroke: light-dark(#fff, #111); stroke-width: 0.5 }
g:hover > rect { stroke: light-dark(#111, #fff); stroke-width: 1.5 }
`;
