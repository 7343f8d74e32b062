import type { PlannedModule } from "./planned-module.ts";

export interface RootSequence {
  /** What is evaluated when the root is asked for, in that order, as far as it isn't for certain before. */
  readonly all: readonly string[];
  /** What is evaluated before the root can be asked for. */
  readonly before: ReadonlySet<string>;
}

/**
 * A root is what can be asked for by itself: the start, and each target of an `import()`.
 * @param start the module that a start begins with
 */
export function rootSequences(
  start: string,
  modules: ReadonlyMap<string, Pick<PlannedModule, "imports" | "loads">>,
): ReadonlyMap<string, RootSequence> {
  const order = new Map<string, readonly string[]>();
  const loaders = new Map<string, string[]>([[start, []]]);
  // A Map's keys grow while they are walked.
  for (const root of loaders.keys()) {
    const all = inOrder(root, modules);
    order.set(root, all);
    for (const module of all) {
      for (const target of modules.get(module)?.loads ?? []) {
        const known = loaders.get(target);
        if (known === undefined) loaders.set(target, [root]);
        else if (!known.includes(root)) known.push(root);
      }
    }
  }
  const there = loadedBefore(start, loaders, order);
  return new Map(
    [...order].map(([root, all]) => {
      const before = there.get(root) ?? new Set();
      return [root, { all: all.filter((module) => !before.has(module)), before }];
    }),
  );
}

/** What a root evaluates, in that order: a module behind what it imports. */
export function inOrder(
  root: string,
  modules: ReadonlyMap<string, { readonly imports: readonly string[] }>,
  seen: Set<string> = new Set(),
): readonly string[] {
  seen.add(root);
  const done: string[] = [];
  const stack: { readonly module: string; next: number }[] = [{ module: root, next: 0 }];
  for (let at = stack.at(-1); at !== undefined; at = stack.at(-1)) {
    const child = modules.get(at.module)?.imports[at.next++];
    if (child === undefined) {
      done.push(at.module);
      stack.pop();
    } else if (modules.has(child) && !seen.has(child)) {
      seen.add(child);
      stack.push({ module: child, next: 0 });
    }
  }
  return done;
}

/** For each root the modules that are evaluated before it can be asked for, by whichever way that happens. */
function loadedBefore(
  start: string,
  loaders: ReadonlyMap<string, readonly string[]>,
  order: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const before = new Map<string, ReadonlySet<string>>([[start, new Set()]]);
  for (let changed = true; changed;) {
    changed = false;
    for (const [root, from] of loaders) {
      if (root === start) continue;
      // A loader that isn't known yet takes nothing away: it is asked again.
      const ways = from.flatMap((loader) => {
        const earlier = before.get(loader);
        return earlier === undefined ? [] : [new Set([...earlier, ...(order.get(loader) ?? [])])];
      });
      const [first, ...rest] = ways;
      if (first === undefined) continue;
      const now = new Set([...first].filter((module) => rest.every((way) => way.has(module))));
      if (before.get(root)?.size === now.size) continue;
      before.set(root, now);
      changed = true;
    }
  }
  return before;
}
