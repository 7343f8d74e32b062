import { posix } from "node:path";
import { packageOfFile } from "../support/package-name.ts";

/** A module as the build saw it. */
export interface ModuleNode {
  /** From the project's root, with `/`; `node:https` for a built-in. */
  readonly name: string;
  /** Who wrote it. */
  readonly origin: "own" | "package" | "runtime" | "built-in";
  /** `@scope/name`, for `origin` package. */
  readonly package: string | undefined;
  /** In the bundle. */
  readonly bytes: number;
  /** Names, in the order of the code, each once. */
  readonly imports: readonly string[];
}

export interface ModuleGraph {
  readonly modules: ReadonlyMap<string, ModuleNode>;
}

/** What of the engine's output this reads. */
export interface Chunks {
  readonly metafile: Bun.BuildMetafile;
  /** By path as in `metafile.outputs`. */
  readonly texts: ReadonlyMap<string, string>;
}

const ENTRY = ".mayfly-entry.ts";
const OWN_SOURCES = "node_modules/mayfly/src/";

/** @throws Error when the engine gave no metafile: it was not asked for one */
export async function readChunks(output: Bun.BuildOutput): Promise<Chunks> {
  const { metafile, outputs } = output;
  if (metafile === undefined) throw new Error("The bundle came without a metafile");
  const texts = await Promise.all(
    outputs.map(async (chunk) => [`./${posix.basename(chunk.path)}`, await chunk.text()] as const),
  );
  return { metafile, texts: new Map(texts) };
}

/**
 * @param isBuiltIn of a bare name
 * @param passedOn names of what a module passes exports on from, if it does nothing else: the engine doesn't list it
 */
export function readGraph(
  { metafile }: Chunks,
  isBuiltIn: (name: string) => boolean,
  passedOn: (name: string) => readonly string[],
): ModuleGraph {
  const bytes = new Map<string, number>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [name, { bytesInOutput }] of Object.entries(inputs)) {
      bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
    }
  }
  const modules = new Map<string, ModuleNode>();
  for (const [name, { imports }] of Object.entries(metafile.inputs)) {
    const names = imports.flatMap(({ path, external, entryPoint }) => {
      if (entryPoint !== undefined) return [entryPoint];
      const bare = path.replace(/^node:/, "");
      if (external !== true) return [path];
      return isBuiltIn(bare) ? [`node:${bare}`] : [];
    });
    modules.set(name, { name, ...originOf(name), bytes: bytes.get(name) ?? 0, imports: [...new Set(names)] });
    for (const builtIn of names.filter((one) => one.startsWith("node:"))) {
      modules.set(builtIn, { name: builtIn, origin: "built-in", package: undefined, bytes: 0, imports: [] });
    }
  }
  // A Map's values grow while they are walked.
  for (const { imports } of modules.values()) {
    for (const name of imports.filter((one) => !modules.has(one))) {
      modules.set(name, { name, ...originOf(name), bytes: 0, imports: passedOn(name) });
    }
  }
  return { modules };
}

function originOf(name: string): Pick<ModuleNode, "origin" | "package"> {
  if (name === ENTRY || name.startsWith(OWN_SOURCES)) return { origin: "runtime", package: undefined };
  const from = packageOfFile(name);
  return { origin: from === undefined ? "own" : "package", package: from };
}

/**
 * The built-ins that are loaded before an entry's code runs, in that order, by the entry's specifier (`./src/a.ts`). What a
 * chunk imports is asked for, not what its modules do: the bundler leaves out what it finds unused.
 * @param isBuiltIn of a bare name
 */
export function builtInsByEntry(
  { metafile, texts }: Chunks,
  isBuiltIn: (name: string) => boolean,
): ReadonlyMap<string, readonly string[]> {
  const scanner = new Bun.Transpiler({ loader: "js" });
  /** In the order of evaluation: what a chunk imports comes before it. */
  const visit = (chunk: string, visited: Set<string>, found: Set<string>): void => {
    if (visited.has(chunk)) return;
    visited.add(chunk);
    for (const { path, kind } of scanner.scanImports(texts.get(chunk) ?? "")) {
      const bare = path.replace(/^node:/, "");
      if (kind !== "import-statement") continue;
      if (isBuiltIn(bare)) found.add(bare);
      else visit(path, visited, found);
    }
  };
  const main = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === ENTRY)?.[0];
  const loads = metafile.inputs[ENTRY]?.imports.filter(({ entryPoint }) => entryPoint !== undefined) ?? [];
  return new Map(
    loads.map(({ path, original = path }) => {
      const visited = new Set<string>();
      if (main !== undefined) visit(main, visited, new Set());
      const found = new Set<string>();
      visit(path, visited, found);
      return [original, [...found]];
    }),
  );
}

/** The shortest way from one of `from` to `to`, both included; empty where there is none. */
export function chainTo(graph: ModuleGraph, from: readonly string[], to: string): readonly string[] {
  const before = new Map<string, string | undefined>(from.map((name) => [name, undefined]));
  for (const name of before.keys()) {
    if (name === to) {
      const chain: string[] = [];
      for (let at: string | undefined = name; at !== undefined; at = before.get(at)) chain.unshift(at);
      return chain;
    }
    for (const next of graph.modules.get(name)?.imports ?? []) if (!before.has(next)) before.set(next, name);
  }
  return [];
}

/** All that `from` bring in while `without` is not there. A Map's keys grow while they are walked. */
export function reachable(
  graph: ModuleGraph,
  from: readonly string[],
  without: (module: ModuleNode) => boolean,
): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (name: string): void => {
    const module = graph.modules.get(name);
    if (module !== undefined && !without(module)) found.add(name);
  };
  for (const name of from) add(name);
  for (const name of found) for (const next of graph.modules.get(name)?.imports ?? []) add(next);
  return found;
}

/** Each module below the one that brought it in first, in the order of evaluation. */
export interface ImportTree {
  readonly name: string;
  readonly children: readonly ImportTree[];
}

/** @param included which modules count; those that don't are looked through */
export function importTree(
  graph: ModuleGraph,
  from: readonly string[],
  included: (name: string) => boolean,
): readonly ImportTree[] {
  const visited = new Set<string>();
  const visit = (name: string): readonly ImportTree[] => {
    if (visited.has(name)) return [];
    visited.add(name);
    const children = (graph.modules.get(name)?.imports ?? []).flatMap(visit);
    return included(name) ? [{ name, children }] : children;
  };
  return from.flatMap(visit);
}
