import { ELIXIR_PREFIX } from "../protocol/handler-string.ts";
import type { BenchReport } from "./report.ts";
import type { Costs } from "./costs.ts";
import { type ImportTree, importTree, type ModuleGraph } from "./module-graph.ts";

/** One bar of the picture: as wide as it and all below it take. */
export interface Flame {
  readonly label: string;
  readonly kind: FlameKind;
  /** For the colour: bars of one group have the same. */
  readonly group: string;
  readonly selfMs: number;
  readonly totalMs: number;
  readonly bytes: number | undefined;
  readonly children: readonly Flame[];
}

export type FlameKind = "start" | "engine" | "runtime" | "loading" | "built-in" | "own" | "package" | "rest";

/** What is known of the modules, where the code could be marked. */
export interface KnownModules {
  readonly graph: ModuleGraph;
  readonly costs: Costs;
}

/** The start as bars below bars, from left to right in the order of time: what a module imports runs before itself. */
export function startFlame(report: BenchReport, known: KnownModules | undefined): Flame {
  const total = report.init.total.median;
  const parts = known === undefined ? undividedParts(report) : dividedParts(known);
  return {
    label: `Start of ${report.function.name}`,
    kind: "start",
    group: "start",
    selfMs: Math.max(0, total - parts.reduce((sum, { totalMs }) => sum + totalMs, 0)),
    totalMs: total,
    bytes: undefined,
    children: parts,
  };
}

function undividedParts({ init, function: { handler } }: BenchReport): readonly Flame[] {
  const engine = Math.min(init.emptyProgram.median, init.total.median);
  const rest = handler?.startsWith(ELIXIR_PREFIX) === true ? "runtime, BEAM and application" : "runtime and code";
  return [bar("engine, as an empty program takes it", "engine", engine), bar(rest, "rest", init.total.median - engine)];
}

function dividedParts({ graph, costs }: KnownModules): readonly Flame[] {
  const { parts, roots } = costs;
  const self = new Map<string, number>();
  for (const one of costs.modules) if (one.phase === "init") self.set(one.module, one.self);
  for (const one of costs.builtIns) if (one.phase === "init") self.set(one.name, one.self);
  const reached = new Set<string>();
  const flameOf = ({ name, children }: ImportTree): Flame => {
    reached.add(name);
    const below = children.map(flameOf);
    const selfMs = self.get(name) ?? 0;
    const module = graph.modules.get(name);
    const kind = module?.origin === "built-in" ? "built-in" : module?.package === undefined ? "own" : "package";
    return {
      label: name.replace(/^(?:\.\.\/)+(?=node_modules\/)/, ""),
      kind,
      group: module?.package ?? kind,
      selfMs,
      totalMs: below.reduce((sum, { totalMs }) => sum + totalMs, selfMs),
      bytes: kind === "built-in" ? undefined : module?.bytes,
      children: below,
    };
  };
  const trees = importTree(graph, roots, (name) => self.has(name)).map(flameOf);
  const elsewhere = [...self].filter(([name]) => !reached.has(name)).reduce((sum, [, ms]) => sum + ms, 0);
  return [
    bar("engine", "engine", parts.engine),
    bar("runtime", "runtime", parts.runtime),
    bar("loading your code", "loading", parts.loading),
    ...trees,
    ...(elsewhere > 0 ? [bar("modules imported in ways that don't show in the code", "rest", elsewhere)] : []),
  ];
}

function bar(label: string, kind: FlameKind, ms: number): Flame {
  return { label, kind, group: kind, selfMs: ms, totalMs: ms, bytes: undefined, children: [] };
}
