import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Results } from "../results.ts";
import { formatReport } from "./markdown.ts";
import { formatPlot } from "./plot.ts";

export const BEGIN = "<!-- npm run bench writes what is between this line and the one that says so below. -->";
export const END = "<!-- Up to here. -->";

/** Puts the figures into docs/benchmarks.md and draws docs/benchmarks.svg. */
export function writeReport(results: Results, root: string): void {
  const page = join(root, "docs/benchmarks.md");
  writeFileSync(page, replaceGenerated(readFileSync(page, "utf8"), formatReport(results)));
  writeFileSync(join(root, "docs/benchmarks.svg"), formatPlot(results));
}

/** @throws Error if the page has lost a marker */
export function replaceGenerated(page: string, generated: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error("docs/benchmarks.md has lost the lines that say what is generated");
  return `${page.slice(0, begin + BEGIN.length)}\n\n${generated}\n\n${page.slice(end)}`;
}
