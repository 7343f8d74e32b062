import { importCycles } from "./import-cycles.ts";
import type { PlannedModule } from "./planned-module.ts";
import { inOrder, type RootSequence } from "./root-sequences.ts";

type Modules = ReadonlyMap<string, Pick<PlannedModule, "imports" | "free" | "wrapped" | "quiet">>;

/** By module: the chunk that it is in. */
export type Homes = ReadonlyMap<string, string>;

/** By chunk: those that it imports, in that order. */
export type Heads = ReadonlyMap<string, { readonly imports: readonly string[] }>;

/**
 * The chunks that some modules import, in the order in which these come to them.
 * @param name of the chunk that they are in
 */
export function neededChunks(
  name: string,
  own: readonly string[],
  modules: ReadonlyMap<string, Pick<PlannedModule, "imports">>,
  home: Homes,
): readonly string[] {
  const needed = new Set<string>();
  const seen = new Set<string>();
  // Through modules that nothing is left of. What others import they bring in themselves.
  const visit = (id: string): void => {
    const chunk = home.get(id);
    if (chunk !== undefined && chunk !== name) needed.add(chunk);
    if ((chunk !== undefined && chunk !== name) || seen.has(id)) return;
    seen.add(id);
    for (const imported of modules.get(id)?.imports ?? []) visit(imported);
  };
  for (const id of own.length > 1 ? [...tops(own, modules), ...own] : own) visit(id);
  return [...needed];
}

/** Those of a chunk's modules that none behind them imports by whatever way: where its evaluation begins. */
function tops(own: readonly string[], modules: ReadonlyMap<string, Pick<PlannedModule, "imports">>): readonly string[] {
  const reached = new Set<string>();
  const found: string[] = [];
  for (const id of own.toReversed()) {
    if (reached.has(id)) continue;
    found.unshift(id);
    inOrder(id, modules, reached);
  }
  return found;
}

/** Tells whether chunks are evaluated in the order in which their modules would be. */
export class ChunkOrder {
  readonly #modules: Modules;
  /** Modules that import each other. */
  readonly rings: readonly (readonly string[])[];
  readonly #ringOf = new Map<string, readonly string[]>();

  constructor(modules: Modules) {
    this.#modules = modules;
    const plain = new Map([...modules].filter(([, { free, wrapped }]) => !free && !wrapped));
    this.rings = importCycles(plain);
    for (const ring of this.rings) for (const id of ring) this.#ringOf.set(id, ring);
  }

  /** Whether anybody can see when a module is evaluated. */
  isSeen(id: string): boolean {
    const module = this.#modules.get(id);
    return module !== undefined && !module.free && !module.wrapped && (!module.quiet || this.#ringOf.has(id));
  }

  /** Whether what is seen of a root's modules is evaluated in their order. */
  isRight(first: string, { all, before }: RootSequence, home: Homes, heads: Heads): boolean {
    const loaded = new Set([...before].flatMap((id) => home.get(id) ?? []));
    const evaluated = inOrder(first, heads, loaded);
    // Others have no effects, as far as the bundler can tell, and nothing of them is used.
    const known = new Set(evaluated);
    const wanted = all
      .flatMap((id) => (this.isSeen(id) ? (home.get(id) ?? []) : []))
      .filter((chunk) => known.has(chunk))
      .filter((chunk, index, list) => chunk !== list[index - 1]);
    const seen = new Set(wanted);
    return evaluated.filter((chunk) => seen.has(chunk)).join("\n") === wanted.join("\n");
  }

  /** All that a root needs, in its order; of modules that import each other the one that comes first brings in the others. */
  wholeOrder(root: string, first: string, { all }: RootSequence, home: Homes): readonly string[] {
    const entered = new Set<string>();
    inOrder(root, this.#modules, entered);
    const chunks = new Set<string>();
    const add = (id: string | undefined): void => {
      const chunk = id === undefined ? undefined : home.get(id);
      if (chunk !== undefined && chunk !== first) chunks.add(chunk);
    };
    for (const id of all) {
      if (!this.isSeen(id)) continue;
      const ring = this.#ringOf.get(id);
      if (ring?.includes(root) === true) break;
      if (ring !== undefined) add([...entered].find((one) => ring.includes(one) && home.has(one)));
      add(id);
    }
    return [...chunks];
  }
}
