import type { Linked } from "../build/bundle/linking/link.ts";
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

const ENTRY = ".mayfly-entry.ts";
const OWN_SOURCES = "node_modules/mayfly/src/";

/**
 * @param nameOf a module's file
 * @param isBuiltIn of a bare name
 */
export function readGraph(
  { modules: linked, chunks }: Linked,
  nameOf: (file: string) => string,
  isBuiltIn: (name: string) => boolean,
): ModuleGraph {
  const bytes = new Map<string, number>();
  for (const [file, { renderedLength }] of chunks.flatMap((chunk) => Object.entries(chunk.modules))) {
    bytes.set(file, (bytes.get(file) ?? 0) + renderedLength);
  }
  const modules = new Map<string, ModuleNode>();
  // What a module that the build made imports, whoever imports that one does.
  const through = (files: readonly string[]): readonly string[] =>
    files.flatMap((file) => (file.startsWith("\0") ? through(linked.get(file)?.imports ?? []) : [file]));
  for (const [file, { imports, outside, loads }] of linked) {
    if (file.startsWith("\0")) continue;
    const builtIns = outside.map((one) => one.replace(/^node:/, "")).filter(isBuiltIn);
    const asked = [through(imports).map(nameOf), builtIns.map((one) => `node:${one}`), through(loads).map(nameOf)];
    const names = asked.flat();
    const name = nameOf(file);
    modules.set(name, { name, ...originOf(name), bytes: bytes.get(file) ?? 0, imports: [...new Set(names)] });
    for (const builtIn of names.filter((one) => one.startsWith("node:"))) {
      modules.set(builtIn, { name: builtIn, origin: "built-in", package: undefined, bytes: 0, imports: [] });
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
 * @param nameOf a module's file
 * @param isBuiltIn of a bare name
 */
export function builtInsByEntry(
  { modules, chunks }: Linked,
  nameOf: (file: string) => string,
  isBuiltIn: (name: string) => boolean,
): ReadonlyMap<string, readonly string[]> {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  /** In the order of evaluation: what a chunk imports comes before it. */
  const visit = (chunk: string, visited: Set<string>, found: Set<string>): void => {
    if (visited.has(chunk)) return;
    visited.add(chunk);
    for (const name of byName.get(chunk)?.imports ?? []) {
      const bare = name.replace(/^node:/, "");
      if (isBuiltIn(bare)) found.add(bare);
      else visit(name, visited, found);
    }
  };
  const [main] = chunks;
  const loads = [...modules].find(([file]) => nameOf(file) === ENTRY)?.[1].loads ?? [];
  return new Map(
    loads.map((file) => {
      const visited = new Set<string>();
      if (main !== undefined) visit(main.fileName, visited, new Set());
      const found = new Set<string>();
      const own = chunks.find(({ moduleIds }) => moduleIds.includes(file));
      if (own !== undefined) visit(own.fileName, visited, found);
      return [`./${nameOf(file)}`, [...found]];
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
