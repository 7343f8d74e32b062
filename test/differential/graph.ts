/** A small program, to be run twice: by Node.js, and as it is built. */
export interface Graph {
  /** By path from the graph's folder: lines that are statements of their own, so that each can be left out alone. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  /** Modules that export `handle`, without extension. Each is run in a process that has loaded none of the others. */
  readonly entries: readonly string[];
  /** It changes what it shares with other graphs, such as the engine's modules, and has processes of its own. */
  readonly apart: boolean;
}

/** What became of an entry: what its modules told, in order, and how it ended. */
export interface Outcome {
  readonly trace: readonly string[];
  readonly end: string;
}

/** The file that an entry names. */
export function entryFile(graph: Graph, entry: string): string {
  const file = Object.keys(graph.files).find((path) => path.replace(/\.[cm]?[jt]s$/, "") === entry);
  if (file === undefined) throw new Error(`The graph has no module ${entry}`);
  return file;
}

export function graphText(graph: Graph): string {
  return Object.entries(graph.files)
    .map(([path, lines]) => `// ${path}\n${lines.join("\n")}\n`)
    .join("\n");
}
