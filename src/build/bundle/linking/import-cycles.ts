import type { LinkedModule } from "./module-graph.ts";

type Graph = ReadonlyMap<string, Pick<LinkedModule, "imports" | "passesOn">>;
type Imports = ReadonlyMap<string, { readonly imports: readonly string[] }>;

/**
 * The modules that can be asked for something before it is there: those that import themselves by whatever way, and those
 * whose exports they pass on.
 */
export function readEarly(modules: Graph): ReadonlySet<string> {
  const found = new Set(importCycles(modules).flat());
  for (const [id, { imports }] of modules) if (imports.includes(id)) found.add(id);
  // A Set's values grow while they are walked.
  for (const module of found) {
    const { imports, passesOn } = modules.get(module) ?? { imports: [], passesOn: false };
    if (passesOn) for (const imported of imports) found.add(imported);
  }
  return found;
}

/** The modules, each time all, that import each other by whatever way. */
export function importCycles(modules: Imports): readonly (readonly string[])[] {
  const number = new Map<string, number>();
  /** By module: the least number of those still open that it leads back to. */
  const least = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const found: string[][] = [];
  const enter = (module: string): { readonly module: string; next: number } => {
    least.set(module, number.size);
    number.set(module, number.size);
    open.push(module);
    isOpen.add(module);
    return { module, next: 0 };
  };
  const leadsTo = (module: string, to: number | undefined): void => {
    least.set(module, Math.min(least.get(module) ?? Infinity, to ?? Infinity));
  };
  for (const start of modules.keys()) {
    const stack = number.has(start) ? [] : [enter(start)];
    for (let at = stack.at(-1); at !== undefined; at = stack.at(-1)) {
      const { module } = at;
      const child = modules.get(module)?.imports[at.next++];
      if (child !== undefined) {
        if (!modules.has(child)) continue;
        if (!number.has(child)) stack.push(enter(child));
        else if (isOpen.has(child)) leadsTo(module, number.get(child));
        continue;
      }
      stack.pop();
      const importer = stack.at(-1);
      if (importer !== undefined) leadsTo(importer.module, least.get(module));
      if (least.get(module) !== number.get(module)) continue;
      const closed = open.splice(open.lastIndexOf(module));
      for (const one of closed) isOpen.delete(one);
      if (closed.length > 1) found.push(closed);
    }
  }
  return found;
}
