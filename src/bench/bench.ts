import { mkdirSync, readdirSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { arch, cpus, platform } from "node:os";
import { join, relative, sep } from "node:path";
import { bundle, bundleChunks } from "../build/bundle/bundle.ts";
import { compileOptions } from "../build/compile-options.ts";
import { hostTarget } from "../build/target.ts";
import type { FunctionSettings } from "../local/function-settings.ts";
import { PackageStore } from "../local/package/package-store.ts";
import type { Entry } from "../project/types.ts";
import { ELIXIR_PREFIX } from "../protocol/handler-string.ts";
import { advise } from "./advice.ts";
import { type Costs, readCosts } from "./costs.ts";
import { compileEmptyProgram } from "./empty-program.ts";
import { instrumentation } from "./instrument.ts";
import { measure, type Measurements } from "./measure.ts";
import { builtInsByEntry, type ModuleGraph, readGraph } from "./module-graph.ts";
import type { StartPlan } from "./one-start.ts";
import { usageReader } from "./process-usage.ts";
import { type BenchReport, spreadCaveat } from "./report.ts";
import { median, summarize, type Summary } from "./statistics.ts";

export interface BenchRequest {
  readonly settings: FunctionSettings;
  /** The package as Lambda would get it, for this machine; a zip, or a folder. */
  readonly package: string;
  /** Of the zip, where it is one. */
  readonly zipBytes: number | undefined;
  /** What the package was built from. Without it, or for Elixir, nothing is said of modules. */
  readonly source: BenchSource | undefined;
  /** A server of its own process, as `web` in the config makes: its code is started by another program. */
  readonly isServer: boolean;
  readonly event: Uint8Array;
  readonly rounds: number;
  /** A folder for this alone. */
  readonly folder: string;
  readonly progress: (step: string) => void;
}

export interface BenchSource {
  /** Absolute path. */
  readonly root: string;
  readonly entries: readonly Entry[];
  readonly handlers: readonly string[];
  /** Those of them whose function URL streams, as for `BundleRequest`. */
  readonly streaming: readonly string[];
}

export interface BenchResult {
  readonly report: BenchReport;
  /** For a picture of the start. */
  readonly modules: { readonly graph: ModuleGraph; readonly costs: Costs } | undefined;
}

const ENTRY = ".mayfly-entry.ts";

/**
 * Measures a function: its start, where that goes, its invocations and what it takes.
 * @throws Fault MAYFLY_BENCH_FUNCTION when the function fails; those of the build and of `PackageStore.unpack`
 */
export async function benchFunction(request: BenchRequest): Promise<BenchResult> {
  const { settings, source, folder, progress } = request;
  const store = new PackageStore();
  try {
    progress("Unpacking");
    const plan = (taskRoot: string): StartPlan => ({
      settings,
      taskRoot,
      temporaryDirectory: store.temporaryDirectory(settings.name, "bench"),
      reaper: store.reaper,
    });
    const plain = plan(await store.unpack(settings.name, request.package));
    progress("Compiling a program that does nothing");
    const emptyProgram = await compileEmptyProgram(folder);
    const marks = source === undefined ? undefined : await markedCopy(source, folder, progress);
    const measured = await measure({
      plain,
      marked: marks === undefined ? undefined : plan(marks.taskRoot),
      emptyProgram,
      event: request.event,
      rounds: request.rounds,
      usage: usageReader(),
      progress,
    });
    const costs =
      marks === undefined
        ? undefined
        : readCosts({
            graph: marks.graph,
            marked: marks.marked,
            nameOf: marks.nameOf,
            starts: measured.marked,
            initMs: median(measured.init),
            entry: ENTRY,
          });
    return {
      report: reportOf(request, measured, costs, folderBytes(plain.taskRoot)),
      modules: marks === undefined || costs === undefined ? undefined : { graph: marks.graph, costs },
    };
  } finally {
    store.remove();
  }
}

async function markedCopy(source: BenchSource, folder: string, progress: (step: string) => void) {
  progress("Reading who imports what");
  // The engine's own, such as bun:sqlite, are part of it rather than something to load.
  const names = builtinModules.filter((name) => !/[:_]|^bun$/.test(name));
  const isBuiltIn = (name: string): boolean => names.includes(name);
  const bundled = { ...source, web: {}, compile: compileOptions() };
  const nameOf = (file: string): string => relative(source.root, file).split(sep).join("/");
  // Who imports what is told by the sources; what is loaded ahead of them by what the build makes of them.
  const linked = await bundleChunks({ ...bundled, compile: compileOptions({ defer: false }) });
  const deferred = await bundleChunks(bundled);
  const graph = readGraph(linked, nameOf, isBuiltIn);
  progress("Compiling a copy with marks");
  const { marked, plugins } = instrumentation(builtInsByEntry(deferred, nameOf, isBuiltIn), names);
  const taskRoot = join(folder, "marked");
  mkdirSync(taskRoot);
  await bundle({
    ...bundled,
    target: hostTarget(),
    engine: undefined,
    outfile: join(taskRoot, "bootstrap"),
    plugins,
  });
  return { graph, marked, taskRoot, nameOf };
}

function folderBytes(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

function reportOf(
  request: BenchRequest,
  measured: Measurements,
  costs: Costs | undefined,
  unzippedBytes: number,
): BenchReport {
  const { settings } = request;
  const maybe = (values: readonly number[]): Summary | null => (values.length === 0 ? null : summarize(values));
  const total = summarize(measured.init);
  const markedTotal = maybe(measured.marked.map(({ initMs }) => initMs));
  const measurable: Omit<BenchReport, "advice"> = {
    version: 1,
    function: {
      name: settings.name,
      handler: settings.handler ?? null,
      memoryMb: settings.memoryMb,
      timeoutMs: settings.timeoutMs,
    },
    machine: {
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      platform: platform(),
      arch: arch(),
      engine: `Bun ${Bun.version}`,
    },
    rounds: measured.init.length,
    init: {
      total,
      cpu: maybe(measured.initCpu),
      emptyProgram: summarize(measured.emptyProgram),
      parts: costs?.parts ?? null,
      marked: markedTotal === null ? null : { total: markedTotal, slowdown: markedTotal.median / total.median },
    },
    modules: costs?.modules ?? [],
    packages: costs?.packages ?? [],
    builtIns: costs?.builtIns ?? [],
    invocation: {
      first: summarize(measured.first),
      steady: summarize(measured.steady),
      cpu: maybe(measured.steadyCpu),
    },
    memory: {
      peakBytes: measured.peakBytes.length === 0 ? null : Math.max(...measured.peakBytes),
      limitBytes: settings.memoryMb * 1_048_576,
    },
    package: { zipBytes: request.zipBytes ?? null, unzippedBytes },
    caveats: caveats(measured, request),
  };
  return { ...measurable, advice: advise(measurable) };
}

/** More than this and the marked copy is another program. */
const MAX_SLOWDOWN = 1.25;

function caveats(measured: Measurements, { source, isServer, settings }: BenchRequest): readonly string[] {
  const found: (string | undefined)[] = [
    spreadCaveat("The start", measured.init, 0.25),
    // A few milliseconds, and one value a round.
    spreadCaveat("The first invocation", measured.first, 0.5),
  ];
  if (measured.cutShort) {
    found.push(`Time ran out after ${measured.init.length} rounds; each figure rests on no more than that.`);
  }
  if (measured.marked.length > 0) {
    const slowdown = median(measured.marked.map(({ initMs }) => initMs)) / median(measured.init);
    if (slowdown > MAX_SLOWDOWN || slowdown < 1 / MAX_SLOWDOWN) {
      found.push(
        `The copy with marks takes ${slowdown.toFixed(2)} times as long to start: take how the start divides as a hint.`,
      );
    }
  }
  if (settings.handler === undefined) {
    found.push(
      "No handler is set: of a package that Mayfly built, this is the answer that says so. --handler names one.",
    );
  }
  if (settings.handler?.startsWith(ELIXIR_PREFIX) === true) {
    found.push(
      "An Elixir function's start is measured as a whole: the engine, the runtime, the BEAM and the application.",
    );
  } else if (isServer) {
    found.push("A server's start is measured as a whole: the engine, the runtime and the server, until it listens.");
  } else if (source === undefined) {
    found.push("A package that is built already can't be marked: without --zip, the start is divided by module.");
  }
  if (measured.initCpu.length === 0) found.push("CPU time and memory are measured only on Linux.");
  return found.filter((one) => one !== undefined);
}
