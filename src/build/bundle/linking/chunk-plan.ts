/** What a module brings in. */
export interface PlannedModule {
  /** What runs before it, in the order of its text. */
  readonly imports: readonly string[];
  /** What it may load later. */
  readonly loads: readonly string[];
  /** Whether it and all that it imports can be evaluated at any time before they are used: nobody sees the difference. */
  readonly free: boolean;
  /** Whether it has top-level `await`. */
  readonly waits: boolean;
}

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
 * a chunk with others these would wait too.
 * @param start the module that a start begins with
 */
export function planChunks(start: string, modules: ReadonlyMap<string, PlannedModule>): ChunkPlan {
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
  const sequences = new Map(
    [...order].map(([root, all]) => [root, all.filter((module) => there.get(root)?.has(module) !== true)]),
  );
  const shared = freeAndShared(sequences, modules);
  const rest = [...sequences].map(([root, all]) => [root, all.filter((module) => !shared.has(module))] as const);
  return new Map([...cut(new Map(rest), waiting(modules)), ...shared]);
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

/** What a root evaluates, in that order: a module behind what it imports. */
export function inOrder(
  root: string,
  modules: ReadonlyMap<string, Pick<PlannedModule, "imports">>,
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
