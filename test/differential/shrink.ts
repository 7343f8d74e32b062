import type { Graph } from "./graph.ts";

/** A graph that shows something, and how to tell whether a smaller one still does. */
export interface Shrinkable {
  readonly graph: Graph;
  readonly entry: string;
}

type Line = readonly [file: string, index: number];

/** Asks which of many graphs still show what they were made for; all at once, since a build costs more than a graph. */
export type Show = (
  candidates: readonly { readonly of: number; readonly graph: Graph }[],
) => Promise<readonly boolean[]>;

/** How many lines at a time are taken: whole files, then fewer and fewer. */
const STEPS: readonly number[] = [Infinity, 8, 3, 1];
const ROUNDS_A_STEP = 4;

/** Takes lines and files from graphs for as long as they show what they showed. */
export async function shrink(all: readonly Shrinkable[], show: Show): Promise<readonly Graph[]> {
  let graphs: readonly Graph[] = all.map(({ graph, entry }) => ({
    ...graph,
    entries: graph.entries.filter((one) => one === entry),
  }));
  const first = await show(graphs.map((graph, of) => ({ of, graph })));
  graphs = graphs.map((graph, at) => (first[at] === true ? graph : (all[at]?.graph ?? graph)));
  for (const step of STEPS) {
    const left = new Set(graphs.keys());
    for (let round = 0; round < ROUNDS_A_STEP && left.size > 0; round++) {
      const tried = [...left].flatMap((of) => removals(graphs[of], step).map((lines) => ({ of, lines })));
      const shown = await show(tried.map(({ of, lines }) => ({ of, graph: without(graphs[of], lines) })));
      const unions = [...left].flatMap((of) => {
        const good = tried.filter((one, at) => one.of === of && shown[at] === true).map(({ lines }) => lines);
        if (good.length === 0) left.delete(of);
        return parts(good).map((some) => ({ of, lines: some.flat() }));
      });
      if (unions.length === 0) break;
      const both = await show(unions.map(({ of, lines }) => ({ of, graph: without(graphs[of], lines) })));
      graphs = graphs.map((graph, of) => {
        const best = unions
          .filter((one, at) => one.of === of && both[at] === true)
          .map(({ lines }) => without(graph, lines))
          .toSorted((a, b) => size(a) - size(b))[0];
        return best ?? graph;
      });
    }
  }
  return graphs;
}

/** Parts of that many lines of each file. */
function removals(graph: Graph | undefined, step: number): readonly (readonly Line[])[] {
  if (graph === undefined) return [];
  const files = Object.entries(graph.files).filter(([path]) => !path.endsWith("package.json"));
  return files.flatMap(([path, lines]) => {
    const all = lines.map((_, index): Line => [path, index]);
    const size = Math.min(step, all.length);
    return Array.from({ length: size === 0 ? 0 : Math.ceil(all.length / size) }, (_, part) =>
      all.slice(part * size, (part + 1) * size),
    );
  });
}

/** All of them, halves and so on, and each alone. */
function parts<T>(all: readonly T[]): readonly (readonly T[])[] {
  const found: (readonly T[])[] = [];
  for (let size = all.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < all.length; at += size) found.push(all.slice(at, at + size));
  }
  return found.slice(0, 12);
}

function without(graph: Graph | undefined, lines: readonly Line[]): Graph {
  if (graph === undefined) throw new Error("no graph");
  const gone = new Set(lines.map(([file, index]) => `${file}:${index}`));
  const files = Object.entries(graph.files)
    .map(([path, all]) => [path, all.filter((_, index) => !gone.has(`${path}:${index}`))] as const)
    .filter(([path, all]) => all.length > 0 || graph.files[path]?.length === 0 || isEntry(graph, path));
  const needed = files.filter(([path]) => !isForgotten(path, files));
  return { ...graph, files: Object.fromEntries(needed) };
}

function isEntry({ entries }: Graph, path: string): boolean {
  return entries.includes(path.replace(/\.[cm]?[jt]s$/, ""));
}

/** A package without modules. */
function isForgotten(path: string, files: readonly (readonly [string, unknown])[]): boolean {
  const folder = /^(node_modules\/.*)package\.json$/.exec(path)?.[1];
  return folder !== undefined && !files.some(([one]) => one !== path && one.startsWith(folder));
}

function size({ files }: Graph): number {
  return Object.values(files).flat().length * 1000 + Object.values(files).flat().join().length;
}
