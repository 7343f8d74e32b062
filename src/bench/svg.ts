import { fileSize } from "../support/file-size.ts";
import { type Flame, type KnownModules, startFlame } from "./flame.ts";
import type { BenchReport } from "./report.ts";

const WIDTH = 1200;
const MARGIN = 12;
const ROW = 20;
const HEAD = 64;
const TICKS = 22;
/** Of the font below, with some room. */
const CHARACTER = 6.3;
/** A narrower bar can be neither seen nor pointed at, and a start has hundreds of them. */
const MIN_WIDTH = 0.5;
const HUES = 8;

/** The start as an SVG file that needs nothing else: bars with tooltips, on light and dark pages. */
export function startPicture(report: BenchReport, known: KnownModules | undefined): string {
  const flame = startFlame(report, known);
  const scale = (WIDTH - 2 * MARGIN) / flame.totalMs;
  const bars = draw(flame, MARGIN, 0, scale);
  const rows = Math.max(...bars.map(({ depth }) => depth)) + 1;
  const height = HEAD + rows * ROW + TICKS + MARGIN;
  const { machine, rounds, init } = report;
  const divided =
    init.marked === null
      ? "The code could not be marked, so the start is not divided by module."
      : "A module stands below the first one that imports it; its width is its own time and that of all below it.";
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="10.5">
<title>${escape(`${flame.label}: ${ms(flame.totalMs)}`)}</title>
<style>
${style()}
</style>
<rect class="page" width="${WIDTH}" height="${height}"/>
<text class="title" x="${MARGIN}" y="24">${escape(`${flame.label}: ${ms(flame.totalMs)}`)}</text>
<text class="note" x="${MARGIN}" y="40">${escape(`Median of ${rounds} starts on ${machine.cpu}, ${machine.cores} cores, ${machine.engine}; process start to ready for work.`)}</text>
<text class="note" x="${MARGIN}" y="54">${escape(divided)}</text>
${bars.map(({ text }) => text).join("\n")}
${ticks(flame.totalMs, scale, HEAD + rows * ROW)}
</svg>
`;
}

interface Bar {
  readonly depth: number;
  readonly text: string;
}

function draw(flame: Flame, x: number, depth: number, scale: number): readonly Bar[] {
  const width = flame.totalMs * scale;
  if (width < MIN_WIDTH) return [];
  const y = HEAD + depth * ROW;
  const room = Math.floor((width - 6) / CHARACTER);
  const label = room < 3 ? "" : shorten(flame.label.replace(/^.*node_modules\//, ""), room);
  const text = label === "" ? "" : `<text x="${fixed(x + 3)}" y="${y + 13.5}">${escape(label)}</text>`;
  const bar = `<g><title>${escape(tooltip(flame))}</title><rect class="${colour(flame)}" x="${fixed(x)}" y="${y}" width="${fixed(width)}" height="${ROW - 1}" rx="1.5"/>${text}</g>`;
  let at = x;
  const below = flame.children.flatMap((child) => {
    const bars = draw(child, at, depth + 1, scale);
    at += child.totalMs * scale;
    return bars;
  });
  return [{ depth, text: bar }, ...below];
}

function tooltip({ label, selfMs, totalMs, bytes, children }: Flame): string {
  const own = children.length > 0 ? `, ${ms(selfMs)} of its own` : "";
  const size = bytes === undefined ? "" : `, ${fileSize(bytes)}`;
  return `${label}\n${ms(totalMs)}${own}${size}`;
}

/** The end of a path says most. */
function shorten(label: string, room: number): string {
  return label.length <= room ? label : `…${label.slice(label.length - room + 1)}`;
}

function ticks(totalMs: number, scale: number, y: number): string {
  const step =
    [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000].find((one) => totalMs / one <= 12) ?? 10_000;
  const marks: string[] = [];
  for (let at = 0; at <= totalMs; at += step) {
    const x = fixed(MARGIN + at * scale);
    marks.push(`<path class="tick" d="M${x} ${y}v5"/><text class="note" x="${x}" y="${y + 16}">${at} ms</text>`);
  }
  return marks.join("\n");
}

function colour({ kind, group }: Flame): string {
  if (kind !== "package") return kind;
  let hash = 0;
  for (const character of group) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return `package p${hash % HUES}`;
}

function style(): string {
  const hues = Array.from({ length: HUES }, (_, index) => Math.round((index * 360) / HUES));
  const palette = (saturation: number, lightness: number): string =>
    [
      `.start, .rest { fill: hsl(220 8% ${lightness}%) }`,
      `.engine { fill: hsl(220 15% ${lightness}%) }`,
      `.runtime { fill: hsl(260 30% ${lightness}%) }`,
      `.loading { fill: hsl(200 30% ${lightness}%) }`,
      `.built-in { fill: hsl(0 ${saturation}% ${lightness}%) }`,
      `.own { fill: hsl(45 ${saturation + 15}% ${lightness}%) }`,
      ...hues.map((hue, index) => `.p${index} { fill: hsl(${hue + 20} ${saturation - 15}% ${lightness}%) }`),
    ].join("\n");
  return `.page { fill: #fff } text { fill: #111; pointer-events: none } .title { font-size: 15px; font-weight: bold }
.note { fill: #555 } .tick { stroke: #999 } g:hover rect { stroke: #111; stroke-width: 1.5 }
${palette(60, 78)}
@media (prefers-color-scheme: dark) {
.page { fill: #16181d } text { fill: #f2f2f2 } .note { fill: #aaa } .tick { stroke: #777 } g:hover rect { stroke: #fff }
${palette(45, 32)}
}`;
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} ms`;
}

function fixed(value: number): string {
  return value.toFixed(2);
}

/** For text and attributes of XML, which has no place for most control characters. */
function escape(text: string): string {
  return (
    text
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "\uFFFD")
  );
}
