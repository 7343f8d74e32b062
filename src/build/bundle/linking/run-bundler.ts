import {
  type InputOptions,
  type OutputChunk,
  type OutputOptions,
  type Plugin,
  type RolldownLog,
  rolldown,
} from "rolldown";
import { unresolvedFault } from "../absent/unresolved-fault.ts";
import { bundleFault } from "../bundle-fault.ts";
import { readField } from "../../../support/read-field.ts";
import { Again } from "./again.ts";
import { commonJsRuntime } from "./commonjs-runtime.ts";
import type { LeftOut } from "../absent/left-out.ts";
import { missingImports } from "../absent/missing-imports.ts";
import { markTypes, typeImports, type TypeImports } from "./type-imports.ts";
import { nearestPackage } from "./nearest-package.ts";
import { twoBuilds } from "./two-builds.ts";

/** No such package, and one that doesn't have what is asked of it. */
const LEADS_NOWHERE = /\b(?:UNRESOLVED_IMPORT|RESOLVE_ERROR)\b/;

export interface BundlerRun {
  /** The project's. */
  readonly root: string;
  readonly input: InputOptions;
  readonly output: OutputOptions;
  readonly plugins: readonly Plugin[];
}

export interface BundlerResult {
  readonly chunks: readonly OutputChunk[];
  readonly logs: readonly RolldownLog[];
  /** Packages that aren't there and that the program can do without. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * Runs the bundler.
 * @throws SourceFault MAYFLY_SYNTAX, MAYFLY_UNRESOLVED_IMPORT
 * @throws Fault MAYFLY_BUNDLE
 */
export async function runBundler(run: BundlerRun): Promise<BundlerResult> {
  const plugins = [nearestPackage(), twoBuilds(), commonJsRuntime(), ...run.plugins];
  const first = await withoutTypes(run, plugins);
  if ("made" in first && first.made.logs.every(({ code }) => code !== "UNRESOLVED_IMPORT")) return first.made;
  if ("cause" in first && !LEADS_NOWHERE.test(String(first.cause))) throw bundleFault(first.cause);
  // Something leads nowhere. Looking at each import takes longer, and tells all that do and whether they may.
  const { plugin, found } = missingImports(run.root);
  const second = await attempt({ ...run, plugins: [plugin, ...plugins] });
  const { missing, leftOut } = found();
  if (missing.length > 0) throw unresolvedFault(missing);
  if ("cause" in second) throw bundleFault(second.cause);
  return { ...second.made, leftOut };
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
    return { chunks: made.filter((one) => one.type === "chunk"), logs, leftOut: [] };
  } finally {
    await bundler.close();
  }
}
