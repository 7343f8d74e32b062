import { ChunkOrder, type Heads, neededChunks } from "./chunk-order.ts";
import type { PlannedModule } from "./planned-module.ts";
import { type RootSequence, rootSequences } from "./root-sequences.ts";

/** By module: the name of the chunk that it goes into. */
export type ChunkPlan = ReadonlyMap<string, string>;

/**
 * Cuts a program into chunks so that its modules run in the order that they are written in. A bundler that splits by who
 * shares what runs a shared chunk before all of the chunk that imports it, whatever came before there.
 *
 * A root is what can be asked for by itself: the start, and each target of an `import()`. What is loaded for certain when
 * a root is asked for isn't counted to it again. Modules that the same roots bring in, in the same order with nothing of
 * others in between, are one chunk.
 *
 * What waits, or imports what waits, is a chunk by itself: the engine then evaluates it as it would the module, while in
 * a chunk with others these would wait too. Likewise modules that import each other, where roots get into them at different
 * places and what would be cut isn't evaluated in their order. Those without effects are one chunk then.
 * @param start the module that a start begins with
 */
export function planChunks(start: string, modules: ReadonlyMap<string, PlannedModule>): ChunkPlan {
  const roots = rootSequences(start, modules);
  const sequences = new Map([...roots].map(([root, { all }]) => [root, all]));
  const shared = freeAndShared(sequences, modules);
  const order = new ChunkOrder(modules);
  const alone = new Set(waiting(modules));
  const together = new Map<string, string>();
  for (;;) {
    const rest = [...sequences].map(([root, all]) => [root, gathered(all, shared, together)] as const);
    const pieces = cut(new Map(rest), alone);
    const plan = new Map([...pieces, ...shared]);
    for (const [module, last] of together) plan.set(module, pieces.get(last) ?? last);
    const torn = tornRings(plan, roots, modules, order).filter((ring) => !ring.every((one) => alone.has(one)));
    if (torn.length === 0) return plan;
    for (const ring of torn) {
      const name = ring.every((one) => modules.get(one)?.quiet) ? ring[0] : undefined;
      for (const module of ring) {
        if (name === undefined) alone.add(module);
        else together.set(module, name);
      }
      if (name !== undefined) alone.add(name);
    }
  }
}

/** A root's modules without those of other chunks; of those that are to be together one, in the place of the last. */
function gathered(all: readonly string[], shared: ChunkPlan, together: ReadonlyMap<string, string>): readonly string[] {
  const found = new Set<string>();
  for (const module of all) {
    if (shared.has(module)) continue;
    const name = together.get(module) ?? module;
    found.delete(name);
    found.add(name);
  }
  return [...found];
}

/** Modules that import each other and are in several chunks, such that a root doesn't have its modules in their order. */
function tornRings(
  plan: ChunkPlan,
  roots: ReadonlyMap<string, RootSequence>,
  modules: ReadonlyMap<string, PlannedModule>,
  order: ChunkOrder,
): readonly (readonly string[])[] {
  const isTorn = (ring: readonly string[]): boolean => new Set(ring.flatMap((one) => plan.get(one) ?? [])).size > 1;
  const torn = order.rings.filter(isTorn);
  if (torn.length === 0) return [];
  const members = new Map<string, string[]>();
  for (const [module, chunk] of plan) members.set(chunk, [...(members.get(chunk) ?? []), module]);
  const heads: Heads = new Map(
    [...members].map(([chunk, own]) => [chunk, { imports: neededChunks(chunk, own, modules, plan) }]),
  );
  const found = new Set<readonly string[]>();
  for (const [root, sequence] of roots) {
    const first = plan.get(root);
    const own = torn.filter((ring) => ring.some((one) => sequence.all.includes(one)));
    if (first === undefined || own.length === 0 || order.isRight(first, sequence, plan, heads)) continue;
    const natural = heads.get(first)?.imports ?? [];
    const whole = { imports: [...order.wholeOrder(root, first, sequence, plan), ...natural] };
    if (order.isRight(first, sequence, plan, new Map([...heads, [first, whole]]))) continue;
    for (const ring of own) found.add(ring);
  }
  return [...found];
}

/** What is evaluated asynchronously: modules with top-level `await`, and all that import them. */
function waiting(modules: ReadonlyMap<string, PlannedModule>): ReadonlySet<string> {
  const importers = new Map<string, string[]>();
  for (const [module, { imports }] of modules) {
    for (const imported of imports) {
      const known = importers.get(imported);
      if (known === undefined) importers.set(imported, [module]);
      else known.push(module);
    }
  }
  const found = new Set([...modules].flatMap(([module, { waits }]) => (waits ? [module] : [])));
  // A Set's values grow while they are walked.
  for (const module of found) for (const importer of importers.get(module) ?? []) found.add(importer);
  return found;
}

/** Modules that can be evaluated at any time and that several roots bring in, by which roots these are. */
function freeAndShared(
  sequences: ReadonlyMap<string, readonly string[]>,
  modules: ReadonlyMap<string, PlannedModule>,
): ChunkPlan {
  const users = new Map<string, number[]>();
  for (const [number, all] of [...sequences.values()].entries()) {
    for (const module of all) {
      if (modules.get(module)?.free !== true) continue;
      const known = users.get(module);
      if (known === undefined) users.set(module, [number]);
      else known.push(number);
    }
  }
  const several = [...users].filter(([, roots]) => roots.length > 1);
  // Numbered: names made of all the roots of a large project are longer than a file's may be.
  const sets = [...new Set(several.map(([, roots]) => roots.join()))];
  return new Map(several.map(([module, roots]) => [module, `shared${sets.indexOf(roots.join())}`]));
}

/** A chunk goes on from one module to the next as long as it does so for every root that has either. */
function cut(sequences: ReadonlyMap<string, readonly string[]>, alone: ReadonlySet<string>): ChunkPlan {
  const nexts = new Map<string, Set<string | undefined>>();
  const befores = new Map<string, Set<string | undefined>>();
  for (const all of sequences.values()) {
    for (const [index, module] of all.entries()) {
      add(nexts, module, all[index + 1]);
      add(befores, module, all[index - 1]);
    }
  }
  const plan = new Map<string, string>();
  let count = 0;
  for (const all of sequences.values()) {
    for (const [index, module] of all.entries()) {
      if (plan.has(module)) continue;
      const before = all[index - 1];
      const goesOn = before !== undefined && befores.get(module)?.size === 1 && nexts.get(before)?.size === 1;
      const together = goesOn && !alone.has(before) && !alone.has(module);
      const chunk = together ? plan.get(before) : undefined;
      plan.set(module, chunk ?? `c${count++}`);
    }
  }
  return plan;
}

function add(map: Map<string, Set<string | undefined>>, key: string, value: string | undefined): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([value]));
  else known.add(value);
}
