import { dirname, join } from "node:path";
import type { Plugin } from "rolldown";
import { readField } from "../../support/read-field.ts";
import { installedPackages } from "../../project/installed-package.ts";
import type { Entry } from "../../project/types.ts";
import type { WebFunctions } from "../../protocol/web-settings.ts";
import { mergeFiles, type PackageFile } from "../package/package-files.ts";
import type { CompileOptions } from "../compile-options.ts";
import { bundleFault } from "./bundle-fault.ts";
import { writeError } from "./write-error.ts";
import { orderFiles } from "./bytecode-order.ts";
import { chunkSources } from "./chunk-sources.ts";
import { compileChunks } from "./compile.ts";
import { deferBuiltins } from "./defer/plugin.ts";
import { readProfile } from "./defer/profile.ts";
import { inFolder } from "./in-folder.ts";
import { assets, COMPILED_IN } from "./linking/assets.ts";
import { engineLimits } from "./linking/engine-limits.ts";
import { codeFindings } from "./linking/findings.ts";
import { helpersInStart } from "./linking/helpers-in-start.ts";
import { withHiddenGlobals } from "./linking/hidden-globals.ts";
import { withKeywordFields } from "./linking/keyword-fields.ts";
import { link, type Linked } from "./linking/link.ts";
import { asInNode } from "./linking/as-in-node.ts";
import { besideProgram } from "./beside/beside.ts";
import { type OutsidePackages, outsidePackages } from "./beside/outside-packages.ts";
import { type FilesRead, filesRead } from "./beside/read-files.ts";
import { bundleWorkers } from "./worker-bundles.ts";
import { ENTRY_SPECIFIER, type EntryProgram, mayflySources } from "./mayfly-sources.ts";
import type { BuildTarget } from "../target.ts";

/** The engine's types know the one, the engine says the other. */
const WARNING_LEVELS: ReadonlySet<string> = new Set(["warning", "warn"]);

export interface ChunksRequest {
  readonly root: string;
  readonly entries: readonly Entry[];
  /** The handler strings of the entries, for the messages of the runtime. */
  readonly handlers: readonly string[];
  readonly web: WebFunctions;
  /** Those of them, with the whole path of their modules, whose function URL streams. */
  readonly streaming: readonly string[];
  readonly compile: CompileOptions;
}

export interface BundleRequest extends ChunksRequest {
  readonly target: BuildTarget;
  /** The engine for `target`; `undefined` for the one that runs this code. */
  readonly engine: string | undefined;
  /** Where the executable goes. Its base name is part of its bytes. */
  readonly outfile: string;
  /** Takes the place of the build's own plugins, which it is given: for measurements, which mark what is loaded. */
  readonly plugins?: (own: readonly Plugin[]) => readonly Plugin[];
}

/** What a compiled program is besides its file. */
export interface Bundled {
  /** What has to lie beside it. */
  readonly beside: readonly PackageFile[];
  /** Names of the packages that stay outside for their native code. */
  readonly native: readonly string[];
  /** The files whose code is in it, or in what runs apart from it: absolute paths. */
  readonly sources: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Compiles the runtime and the entries to one executable with bytecode.
 * @throws SourceFault MAYFLY_SYNTAX, MAYFLY_UNRESOLVED_IMPORT or MAYFLY_BUNDLE
 * @throws Fault MAYFLY_ADDON_TARGET, MAYFLY_PROFILE
 */
export async function bundle(request: BundleRequest): Promise<Bundled> {
  const { root, compile: options, target, engine, outfile } = request;
  const { linked, files, addons, read, outside } = await linkProgram(request, request.plugins);
  const beside = await besideProgram({ root, target, read, addons, outside });
  const output = await inFolder(dirname(outfile), () =>
    compileChunks({
      root: dirname(outfile),
      chunks: linked.chunks,
      files,
      sourcemap: options.sourcemap,
      jitDelay: options.jitDelay,
      bytecodeOrder: options.order ? orderFiles(root, request.entries) : undefined,
      target,
      engine,
      outfile,
    }),
  ).catch((cause: unknown) => {
    throw writeError(cause, outfile) ?? bundleFault(cause);
  });
  const warnings = output.logs.filter(({ level }) => WARNING_LEVELS.has(level));
  const folder = join(dirname(outfile), "workers");
  const workers = await bundleWorkers(read.scripts, { root, folder, compile: options, target });
  return {
    // What runs by itself may be read as well.
    beside: mergeFiles(
      beside.files.filter(({ name }) => !read.scripts.has(name)),
      workers.files,
    ),
    native: beside.native,
    sources: [...chunkSources(linked.chunks), ...files.values(), ...workers.sources],
    warnings: [
      ...linked.warnings,
      ...beside.warnings,
      ...workers.warnings,
      ...warnings.map((log) => warningText(log.message, log.position)),
    ],
  };
}

/**
 * The chunks that would be compiled, as text, with the modules that went into them. Nothing is written.
 * @throws SourceFault as `bundle` does
 */
export async function bundleChunks(request: ChunksRequest): Promise<Linked> {
  const { linked } = await linkProgram({ ...request, compile: { ...request.compile, sourcemap: false } });
  return linked;
}

/**
 * The same with the files that lie beside the program, by where they lie in the package.
 * @throws SourceFault as `bundle` does
 */
export async function programContents(request: ChunksRequest): Promise<ProgramContents> {
  const { linked, read, addons } = await linkProgram({ ...request, compile: { ...request.compile, sourcemap: false } });
  return {
    linked,
    read: new Set([...read.files.keys(), ...addons.keys()]),
    run: new Set(read.scripts.keys()),
    readers: read.readers,
  };
}

export interface ProgramContents {
  readonly linked: Linked;
  /** Files that code reads. */
  readonly read: ReadonlySet<string>;
  /** Scripts that run by themselves, as a worker does. */
  readonly run: ReadonlySet<string>;
  /** The modules that read or run each. */
  readonly readers: ReadonlyMap<string, ReadonlySet<string>>;
}

interface LinkedProgram {
  readonly linked: Linked;
  /** That are packed beside the chunks: absolute paths, by where they lie from the root. */
  readonly files: ReadonlyMap<string, string>;
  /** Native add-ons, likewise. */
  readonly addons: ReadonlyMap<string, string>;
  readonly read: FilesRead;
  readonly outside: OutsidePackages;
}

async function linkProgram(request: ChunksRequest, plugins?: BundleRequest["plugins"]): Promise<LinkedProgram> {
  const { root, compile: options } = request;
  const packed = assets(root, COMPILED_IN);
  const limits = engineLimits(root);
  const read = filesRead(root);
  const outside = outsidePackages(root);
  const own: readonly Plugin[] = [
    mayflySources(root, entryProgram(request)),
    codeFindings(root, () => options.external.length > 0 || outside.native.size > 0),
    limits.plugin,
    outside.plugin,
    ...read.plugins,
    packed.plugin,
    ...asInNode(root, options.external),
    ...(options.defer ? [deferBuiltins(root)] : []),
  ];
  const linked = await link({
    root,
    entry: ENTRY_SPECIFIER,
    sourcemap: options.sourcemap,
    plugins: plugins?.(own) ?? own,
  });
  const chunks = helpersInStart(linked.chunks).map(withKeywordFields).map(withHiddenGlobals);
  const warnings = [...limits.warnings, ...read.warnings, ...linked.warnings];
  return { linked: { ...linked, chunks, warnings }, files: packed.files, addons: packed.addons, read, outside };
}

function entryProgram({ root, entries, handlers, streaming, web, compile: options }: ChunksRequest): EntryProgram {
  const { defer, jitDelay, record } = options;
  const preload = defer && !record ? readProfile(root) : {};
  // Only imports that are deferred can be recorded.
  const packages = { external: options.external, installed: installedPackages(root) };
  return { entries, preload, handlers, streaming, web, packages, jitDelay, once: defer && record };
}

function warningText(message: string, position: unknown): string {
  const file = readField(position, "file");
  if (typeof file !== "string") return message;
  return `${file}:${String(readField(position, "line"))}:${String(readField(position, "column"))}: ${message}`;
}
