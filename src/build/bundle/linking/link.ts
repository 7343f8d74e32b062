import type { OutputOptions, Plugin, RolldownLog } from "rolldown";
import { absentWarnings } from "../absent/absent-warnings.ts";
import type { LeftOut } from "../absent/left-out.ts";
import { importAsModules } from "./chunk-imports.ts";
import { type ChunkPlan, planChunks } from "./chunk-plan.ts";
import { becomesCommonJs } from "./compiled-kind.ts";
import { earlyNamespaces } from "./early-namespaces.ts";
import { earlyReads } from "./early-reads.ts";
import { ownFirst } from "./facade-order.ts";
import { halfMadeImports } from "./half-made.ts";
import type { LinkedChunk } from "./helpers-in-start.ts";
import { readEarly } from "./import-cycles.ts";
import { linkOptions } from "./link-options.ts";
import { type LinkedModule, moduleGraph } from "./module-graph.ts";
import { ROOT_ORDER, rootOrder } from "./root-order.ts";
import { runBundler } from "./run-bundler.ts";
import { putLoadsBack } from "./wrapped-loads.ts";

/** What is made of the project's modules: files of JavaScript that import each other, and nothing else of the project. */
export interface Linked {
  /** The first is the one that a start begins with. */
  readonly chunks: readonly LinkedChunk[];
  /** By the path of its file. */
  readonly modules: ReadonlyMap<string, LinkedModule>;
  /** Packages that aren't there and that the program can do without. */
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly string[];
}

export interface LinkRequest {
  readonly root: string;
  /** The module that a start begins with. */
  readonly entry: string;
  readonly sourcemap: boolean;
  readonly plugins: readonly Plugin[];
  /** What is written otherwise than for the engine's compiler. */
  readonly output?: OutputOptions;
}

/**
 * Brings modules together into chunks.
 * @throws SourceFault MAYFLY_SYNTAX, MAYFLY_UNRESOLVED_IMPORT
 * @throws Fault MAYFLY_BUNDLE
 */
export async function link(request: LinkRequest): Promise<Linked> {
  let modules: ReadonlyMap<string, LinkedModule> = new Map();
  let start = "";
  let plan: ChunkPlan = new Map();
  let inCircles: ReadonlySet<string> = new Set();
  const planning: Plugin = {
    name: "mayfly-plan",
    buildEnd(error) {
      if (error !== undefined) return;
      const graph = moduleGraph(this);
      ({ start, modules } = graph);
      plan = planChunks(start, modules);
      inCircles = readEarly(modules);
    },
  };
  const early = earlyReads(
    (id) => inCircles.has(id) && !becomesCommonJs(id),
    (id) => modules.get(id)?.imports.includes(id) === true,
  );
  const isHalfMade = (id: string): boolean => inCircles.has(id) && becomesCommonJs(id);
  const { chunks, logs, leftOut } = await runBundler({
    root: request.root,
    input: { ...linkOptions({ ...request, external: [] }), input: { main: request.entry, order: ROOT_ORDER } },
    output: outputOptions(request, (id) => plan.get(id)),
    plugins: [rootOrder(request.entry), ...request.plugins, planning, early, halfMadeImports(isHalfMade)],
  });
  const ordered = importAsModules(
    ownFirst(putLoadsBack(chunks.filter(({ facadeModuleId }) => facadeModuleId !== ROOT_ORDER))),
    start,
    modules,
  );
  const complete = earlyNamespaces(ordered);
  const first = complete.filter(({ isEntry }) => isEntry);
  const others = complete.filter((chunk) => !first.includes(chunk));
  return {
    chunks: [...first, ...others],
    modules,
    leftOut,
    warnings: [...absentWarnings(leftOut), ...logs.filter(isForUsers).map(({ message }) => message)],
  };
}

function outputOptions(request: LinkRequest, chunkOf: (id: string) => string | undefined): OutputOptions {
  return {
    format: "esm",
    // What a map's sources are told from.
    dir: request.root,
    sourcemap: request.sourcemap ? "hidden" : false,
    sourcemapExcludeSources: true,
    sourcemapPathTransform: (source) => source.replace(/\?attributes=.*$/, ""),
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    // Names of classes and functions are read by people, in errors and logs, and by code that finds others by them.
    keepNames: true,
    // The engine's own `require` knows what is compiled in.
    polyfillRequire: false,
    minify: false,
    comments: false,
    minifyInternalExports: false,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ name: (id) => chunkOf(id) ?? null, test: () => true }],
    },
    ...request.output,
  };
}

const SAID: ReadonlySet<string> = new Set(["IMPORT_IS_UNDEFINED", "CANNOT_CALL_NAMESPACE"]);

/** Left out: what the bundler thinks of packages' code, which nobody here can change, and what is told otherwise. */
function isForUsers({ code, id }: RolldownLog): boolean {
  return SAID.has(code ?? "") && id !== undefined && !/[\\/]node_modules[\\/]|^\0/.test(id);
}
