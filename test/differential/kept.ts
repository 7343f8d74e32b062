import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Graph } from "./graph.ts";

const FOLDER = join(import.meta.dirname, "kept");

/** A graph that once differed, as small as it could be made. */
export interface KeptGraph {
  readonly name: string;
  readonly graph: Graph;
  /** Why it still differs; such a one isn't run. */
  readonly open: string | undefined;
}

/** Files of text: `// open: why` if it still differs, then `// entry: m0`, and for each module `// file: m0.mjs` and its lines. */
export function keptGraphs(): readonly KeptGraph[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".txt"))
    .toSorted()
    .map((file) => ({ name: file.replace(/\.txt$/, ""), ...parseKept(readFileSync(join(FOLDER, file), "utf8")) }));
}

export function parseKept(text: string): Omit<KeptGraph, "name"> {
  const files: Record<string, string[]> = {};
  const entries: string[] = [];
  let open: string | undefined;
  let apart = false;
  let current: string[] | undefined;
  for (const line of text.split("\n")) {
    const [, mark, value = ""] = /^\/\/ (file|entry|open|apart): ?(.*)$/.exec(line) ?? [];
    if (mark === "file") files[value] = current = [];
    else if (mark === "entry") entries.push(value);
    else if (mark === "open") open = value;
    else if (mark === "apart") apart = true;
    else if (line !== "") current?.push(line);
  }
  return { graph: { files, entries, apart }, open };
}

export function keptText({ files, entries, apart }: Graph): string {
  const heads = [...entries.map((entry) => `// entry: ${entry}`), ...(apart ? ["// apart: true"] : [])];
  const texts = Object.entries(files).map(([path, lines]) => [`// file: ${path}`, ...lines, ""].join("\n"));
  return `${heads.join("\n")}\n${texts.join("\n")}`;
}
