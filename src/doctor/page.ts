import { fileSize } from "../support/file-size.ts";
import { megabytes } from "../support/megabytes.ts";
import type { BundledModule, DoctorReport } from "./report.ts";
import { type Tile, treemap, type Weighted } from "./treemap.ts";

const WIDTH = 1_280;
const HEIGHT = 720;
/** For a group's name. */
const HEAD = 18;
const GAP = 2;
/** Smaller tiles have no name. */
const NAMED = { width: 46, height: 13 } as const;

interface Group extends Weighted {
  readonly name: string;
  readonly modules: readonly BundledModule[];
}

/** A page with all code of a bundle as tiles, packages in one frame each: one file that needs nothing else. */
export function treemapPage({ bundle, artifacts }: DoctorReport): string {
  const groups = groupsOf(bundle);
  const tiles = treemap(groups, { x: 0, y: 0, width: WIDTH, height: HEIGHT }).map(groupTile);
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

function groupsOf({ modules, packages, runtime }: DoctorReport["bundle"]): readonly Group[] {
  const own = modules.filter((one) => one.package === null);
  const groups = [
    { name: "your code", modules: own, bytes: own.reduce((sum, { bytes }) => sum + bytes, 0) },
    { name: "Mayfly", modules: [], bytes: runtime },
    ...packages.map(({ name, bytes }) => ({ name, bytes, modules: modules.filter((one) => one.package === name) })),
  ];
  return groups.filter(({ bytes }) => bytes > 0).toSorted((a, b) => b.bytes - a.bytes);
}

function groupTile(tile: Tile<Group>, index: number): string {
  const { x, y, width, height, item } = tile;
  const head = height > HEAD * 2 && width > NAMED.width ? HEAD : 0;
  const inside = { x: x + GAP, y: y + head + GAP, width: width - 2 * GAP, height: height - head - 2 * GAP };
  const hue = Math.round((index * 137.5) % 360);
  const modules = treemap(item.modules, inside).map((one) => moduleTile(one, hue));
  return `<g style="--hue: ${hue}"><title>${escape(`${item.name}\n${fileSize(item.bytes)}`)}</title>${box(tile, "group")}${
    head > 0 ? label(`${item.name}  ${fileSize(item.bytes)}`, x + 4, y + 13, width) : ""
  }${modules.join("")}</g>`;
}

function moduleTile(tile: Tile<BundledModule>, hue: number): string {
  const { x, y, width, height, item } = tile;
  const short = item.name.replace(/^.*node_modules\/(?:@[^/]+\/)?[^/]+\//, "");
  const isNamed = width > NAMED.width && height > NAMED.height;
  return `<g style="--hue: ${hue}"><title>${escape(`${item.name}\n${fileSize(item.bytes)}`)}</title>${box(tile, "module")}${
    isNamed ? label(short, x + 3, y + 11, width) : ""
  }</g>`;
}

function box({ x, y, width, height }: Tile<unknown>, kind: "group" | "module"): string {
  return `<rect class="${kind}" x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(height)}"/>`;
}

/** As much of it as there is room for; its end says most. */
function label(text: string, x: number, y: number, width: number): string {
  const room = Math.floor((width - 6) / 6);
  const shown = text.length <= room ? text : `…${text.slice(text.length - room + 1)}`;
  return room < 3 ? "" : `<text x="${fixed(x)}" y="${fixed(y)}">${escape(shown)}</text>`;
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
