import type { Marked } from "./instrument.ts";
import type { MarkedStart } from "./measure.ts";
import { chainTo, type ModuleGraph, type ModuleNode, reachable } from "./module-graph.ts";
import type { BuiltInCost, CostPhase, InitParts, ModuleCost, PackageCost } from "./report.ts";
import { median } from "./statistics.ts";

/** What each part of the code takes: the median of the marked starts, scaled to the unmarked one. */
export interface Costs {
  readonly parts: InitParts;
  readonly modules: readonly ModuleCost[];
  readonly packages: readonly PackageCost[];
  readonly builtIns: readonly BuiltInCost[];
  /** What the handler's file is, as a list of one, or none if nothing was evaluated. */
  readonly roots: readonly string[];
  /** In the order in which they began to run. */
  readonly evaluated: readonly string[];
}

export interface CostsRequest {
  readonly graph: ModuleGraph;
  readonly marked: readonly Marked[];
  /** The name in the graph of a marked file. */
  readonly nameOf: (file: string) => string;
  readonly starts: readonly MarkedStart[];
  /** Median of the unmarked starts. */
  readonly initMs: number;
  /** Name of the file that the build generates; what it imports are the handlers' files. */
  readonly entry: string;
}

export function readCosts({ graph, marked, nameOf, starts, initMs, entry }: CostsRequest): Costs {
  const scale = initMs / median(starts.map((start) => start.initMs));
  const seen = new Map<string, { readonly phase: CostPhase; readonly self: number }>();
  let loading = 0;
  for (const [number, what] of marked.entries()) {
    const [sample] = starts;
    const phase = sample?.init.spans.has(number) === true ? "init" : "invocation";
    const times = starts.map((start) => start[phase === "init" ? "init" : "throughFirst"].spans.get(number)?.selfMs);
    const known = times.filter((time) => time !== undefined);
    if (known.length === 0) continue;
    const self = median(known) * scale;
    if (what.kind === "loading") loading = self;
    else seen.set(what.kind === "module" ? nameOf(what.file) : `node:${what.name}`, { phase, self });
  }

  const inInit = (name: string): number => {
    const cost = seen.get(name);
    return cost?.phase === "init" ? cost.self : 0;
  };
  const entries = graph.modules.get(entry)?.imports ?? [];
  const roots = entries.filter((name) => seen.has(name));
  const withAll = sum([...reachable(graph, roots, () => false)].map(inInit));
  const saved = (gone: (module: ModuleNode) => boolean): number =>
    withAll - sum([...reachable(graph, roots, gone)].map(inInit));

  const modules: ModuleCost[] = [];
  const builtIns: BuiltInCost[] = [];
  const origins = { own: 0, package: 0, runtime: 0, "built-in": 0 };
  const importers = new Map<string, string[]>();
  for (const { name, imports } of graph.modules.values()) {
    if (!seen.has(name)) continue;
    for (const one of imports) importers.set(one, [...(importers.get(one) ?? []), name]);
  }
  for (const [name, { phase, self }] of seen) {
    const node = graph.modules.get(name);
    const origin = node?.origin ?? (name.startsWith("node:") ? "built-in" : "own");
    if (phase === "init") origins[origin] += self;
    if (origin === "runtime") continue;
    const chain = chainTo(graph, roots, name);
    if (origin === "built-in") {
      builtIns.push({ name, phase, self, importedBy: importers.get(name) ?? [], chain });
    } else if (node !== undefined && node.bytes > 0) {
      const total = phase === "init" ? saved((one) => one === node) : self;
      modules.push({ module: name, package: node.package ?? null, phase, self, total, bytes: node.bytes, chain });
    }
  }

  const engine = median(starts.map(({ engineMs }) => engineMs)) * scale;
  const known = { engine, loading, builtIns: origins["built-in"], packages: origins.package, own: origins.own };
  return {
    parts: { ...known, runtime: Math.max(0, initMs - sum(Object.values(known))) },
    modules: modules.toSorted((a, b) => b.self - a.self),
    packages: packageCosts(modules, saved),
    builtIns: builtIns.toSorted((a, b) => b.self - a.self),
    roots,
    evaluated: [...seen.keys()],
  };
}

/** Of each package, and of each scope that several packages are of (`@aws-sdk/*`): what they share goes with them all. */
function packageCosts(
  modules: readonly ModuleCost[],
  saved: (gone: (module: ModuleNode) => boolean) => number,
): readonly PackageCost[] {
  const byPackage = new Map<string, ModuleCost[]>();
  const byScope = new Map<string, Set<string>>();
  for (const module of modules) {
    const name = module.package;
    if (name === null) continue;
    byPackage.set(name, [...(byPackage.get(name) ?? []), module]);
    const slash = name.indexOf("/");
    if (slash < 0) continue;
    const scope = `${name.slice(0, slash)}/*`;
    byScope.set(scope, (byScope.get(scope) ?? new Set()).add(name));
  }
  const groups = [...byPackage.keys()].map((name) => [name, new Set([name])] as const);
  const scopes = [...byScope].filter(([, names]) => names.size > 1);
  return [...groups, ...scopes]
    .map(([name, names]) => {
      const own = [...names].flatMap((one) => byPackage.get(one) ?? []);
      return {
        package: name,
        modules: own.length,
        self: sum(own.filter(({ phase }) => phase === "init").map(({ self }) => self)),
        total: saved((module) => module.package !== undefined && names.has(module.package)),
        bytes: sum(own.map(({ bytes }) => bytes)),
        chain: own.map(({ chain }) => chain).toSorted((a, b) => a.length - b.length)[0] ?? [],
      };
    })
    .toSorted((a, b) => b.total - a.total);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
