import {
  type InputOptions,
  type OutputChunk,
  type OutputOptions,
  type Plugin,
  type RolldownLog,
  rolldown,
} from "rolldown";
import { bundleFault, unresolvedFault } from "../bundle-fault.ts";
import { readField } from "../../../support/read-field.ts";
import { Again } from "./again.ts";
import { commonJsRuntime } from "./commonjs-runtime.ts";
import { type MissingImport, missingImports } from "./missing-imports.ts";
import { markTypes, typeImports, type TypeImports } from "./type-imports.ts";
import { twoBuilds } from "./two-builds.ts";

export interface BundlerRun {
  readonly input: InputOptions;
  readonly output: OutputOptions;
  readonly plugins: readonly Plugin[];
}

export interface BundlerResult {
  readonly chunks: readonly OutputChunk[];
  readonly logs: readonly RolldownLog[];
}

/**
 * Runs the bundler.
 * @throws SourceFault MAYFLY_SYNTAX, MAYFLY_UNRESOLVED_IMPORT
 * @throws Fault MAYFLY_BUNDLE
 */
export async function runBundler(run: BundlerRun): Promise<BundlerResult> {
  const plugins = [twoBuilds(), commonJsRuntime(), ...run.plugins];
  const first = await withoutTypes(run, plugins);
  if ("made" in first && first.made.logs.every(({ code }) => code !== "UNRESOLVED_IMPORT")) return first.made;
  if ("cause" in first && !String(first.cause).includes("UNRESOLVED_IMPORT")) throw bundleFault(first.cause);
  // Something leads nowhere. Looking at each import takes longer, and tells all that do and whether they may.
  const { plugin, missing } = missingImports();
  const second = await attempt({ ...run, plugins: [plugin, ...plugins] });
  if (missing.length > 0) throw unresolvedFault(missing.toSorted(inOrder));
  if ("cause" in second) throw bundleFault(second.cause);
  return second.made;
}

/** Tries again for as long as what is missing are types: a file that says so of one may pass it on to others. */
async function withoutTypes(run: BundlerRun, plugins: Plugin[], known: readonly TypeImports[] = []): Promise<Attempt> {
  const tried = await attempt({ ...run, plugins });
  const types = "cause" in tried ? typeImports(tried.cause) : undefined;
  if (types === undefined || known.some((one) => isAmong(one, types))) return tried;
  plugins.unshift(markTypes(types));
  return withoutTypes(run, plugins, [...known, types]);
}

function isAmong(known: TypeImports, types: TypeImports): boolean {
  return [...types].some(([file, names]) => [...names.keys()].some((name) => known.get(file)?.has(name) === true));
}

type Attempt = { readonly made: BundlerResult } | { readonly cause: unknown };

async function attempt(run: BundlerRun): Promise<Attempt> {
  try {
    return { made: await build(run) };
  } catch (cause) {
    return isAgain(cause) ? attempt(run) : { cause };
  }
}

/** Whether a plugin asked for another round. */
function isAgain(cause: unknown): boolean {
  const errors = readField(cause, "errors");
  const all: readonly unknown[] = Array.isArray(errors) ? errors : [cause];
  return all.some((error) => error instanceof Again);
}

async function build({ input, output, plugins }: BundlerRun): Promise<BundlerResult> {
  const logs: RolldownLog[] = [];
  const bundler = await rolldown({
    ...input,
    plugins: [...plugins],
    onLog: (level, log) => {
      if (level === "warn") logs.push(log);
    },
  });
  try {
    const { output: made } = await bundler.generate(output);
    return { chunks: made.filter((one) => one.type === "chunk"), logs };
  } finally {
    await bundler.close();
  }
}

function inOrder(a: MissingImport, b: MissingImport): number {
  if (a.importer !== b.importer) return a.importer < b.importer ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
