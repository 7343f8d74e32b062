import { writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Arch, Entry, IncludeRule, ResolvedFunction } from "../project/types.ts";
import { bundle } from "./bundle/bundle.ts";
import type { CompileOptions } from "./compile-options.ts";
import { findEngine } from "./engine/find-engine.ts";
import { readLauncher } from "./engine/launcher.ts";
import { type Layout, layoutOf } from "./layout/lay-out-bootstrap.ts";
import type { FoundHandler } from "./handlers/handlers.ts";
import { type InventoryOptions, writeInventory } from "./inventory/inventory.ts";
import { besideFiles } from "./package/beside-files.ts";
import { includedFiles } from "./package/include-files.ts";
import { prepareUnpacked } from "./package/outdir.ts";
import { lieIn, mergeFiles, type PackageFile } from "./package/package-files.ts";
import { checkBinaries } from "./elixir/release-binaries.ts";
import type { Release } from "./elixir/release.ts";
import { bundleServer } from "./bundle/server-bundle.ts";
import { serverScripts, webFunctions } from "./package/server-command.ts";
import type { BuildTarget } from "./target.ts";
import { type Executables, placeBeside, writeZipPackage } from "./write-package.ts";
import type { Slice } from "../support/slices.ts";
import { withTemporaryFolder } from "../support/temporary-folder.ts";

/** One file that was written. */
export interface Artifact {
  /** Absolute path. */
  readonly path: string;
  readonly kind: "zip" | "bootstrap";
  readonly arch: Arch;
  readonly bytes: number;
  readonly unzippedBytes: number;
  /** Hexadecimal, of the file. */
  readonly sha256: string;
  /** The same as base64: what Lambda shows as `CodeSha256` of a zip. */
  readonly codeSha256: string;
  /** What the build packed by itself because code reads it, by names in the package. */
  readonly beside: readonly string[];
  /** Packages that stay outside of the program for their native code. */
  readonly native: readonly string[];
  /** Absolute path of the licences of all that is in it, if they were asked for. */
  readonly notices?: string;
  /** Absolute path of its SBOM, if that was asked for. */
  readonly sbom?: string;
}

/** What goes into one artifact. */
export interface BuildGroup {
  readonly target: BuildTarget;
  readonly entries: readonly Entry[];
  readonly functions: readonly ResolvedFunction[];
  /** The BEAM side, when the project has one. */
  readonly release: Release | undefined;
}

export interface ArtifactRequest {
  readonly root: string;
  readonly group: BuildGroup;
  /** For every package; functions have their own besides. */
  readonly include: readonly IncludeRule[];
  readonly handlers: readonly FoundHandler[];
  /** Handlers with the whole path of their modules, whose function URL streams. */
  readonly streaming: readonly string[];
  /** Absolute path of the file to write. */
  readonly path: string;
  /** Where a bootstrap goes instead, if something has to lie beside it that isn't there yet. Absolute. */
  readonly unpacked?: string;
  /** What builds write, this one and earlier ones: nothing to include. Absolute paths. */
  readonly outputs: ReadonlySet<string>;
  readonly zip: boolean;
  readonly compile: CompileOptions;
  /** Told of the program as the engine's compiler wrote it. */
  readonly compiled?: (program: Uint8Array) => void;
  readonly inventory: InventoryOptions;
  readonly progress: (step: string) => void;
}

/** Compiles one group and writes its `lambda.zip` or `bootstrap`; `notes` are warnings. */
export async function buildArtifact(request: ArtifactRequest): Promise<{ artifact: Artifact; notes: string[] }> {
  const { root, group, zip, progress } = request;
  checkBinaries(group.release?.files ?? [], group.target, group.release?.origin ?? "machine");
  const engine = await findEngine(group.target, root, progress);
  return withTemporaryFolder(async (folder) => {
    const compiled = await compile(request, engine, folder);
    // A signal that came while the compiler kept this thread has its turn before anything is written.
    await setTimeout(0);
    const executables = executablesOf(compiled.code, group);
    const own = mergeFiles(compiled.own, compiled.beside);
    const parts = { executables, own, release: group.release };
    const path = placeOfArtifact(request, own);
    if (zip) progress(`Packing ${basename(path)}`);
    const written = zip ? writeZipPackage(parts, path) : placeBeside(parts, path, root);
    const sha256 = written.sha256.toString("hex");
    const { written: inventory, warnings } = await writeInventory(
      {
        root: request.root,
        target: group.target,
        artifact: path,
        sha256,
        sources: compiled.sources,
        beside: own,
        release: group.release?.files,
      },
      request.inventory,
    );
    const artifact: Artifact = {
      path,
      kind: zip ? "zip" : "bootstrap",
      arch: group.target.arch,
      bytes: written.bytes,
      unzippedBytes: written.unzippedBytes,
      sha256,
      codeSha256: written.sha256.toString("base64"),
      beside: compiled.beside.map(({ name }) => name).toSorted(),
      native: compiled.native,
      ...inventory,
    };
    return { artifact, notes: [...compiled.notes, ...written.notes, ...warnings] };
  });
}

/** Nobody's packages and sources are touched by a build that wasn't told where to write. */
function placeOfArtifact({ path, zip, unpacked }: ArtifactRequest, own: readonly PackageFile[]): string {
  if (zip || unpacked === undefined || lieIn(dirname(path), own)) return path;
  prepareUnpacked(unpacked);
  return join(unpacked, basename(path));
}

interface Compiled {
  /** The runtime with the user's code. */
  readonly code: readonly Slice[];
  /** What goes into the package besides a release. */
  readonly own: readonly PackageFile[];
  /** What code was found to read, besides. */
  readonly beside: readonly PackageFile[];
  readonly native: readonly string[];
  /** The files whose code is in it: absolute paths. */
  readonly sources: readonly string[];
  readonly notes: readonly string[];
}

interface OwnFiles {
  readonly own: readonly PackageFile[];
  /** The files whose code is in servers' scripts. */
  readonly sources: readonly string[];
  readonly warnings: readonly string[];
}

async function compile(request: ArtifactRequest, engine: string | undefined, folder: string): Promise<Compiled> {
  const { root, group, progress } = request;
  const { own, sources, warnings } = await ownFiles(request, join(folder, "servers"));
  // Names that are taken are told before the long work.
  mergeFiles(group.release?.files ?? [], own);
  const web = webFunctions(group.functions, own, group.target);
  progress(`Compiling for ${group.target.arch}`);
  const outfile = join(folder, "bootstrap");
  const layout = request.compile.layout ? layoutOf(engine ?? process.execPath, group.target) : undefined;
  const bundled = await bundle({
    root,
    entries: group.entries,
    handlers: [
      ...request.handlers.filter((one) => group.entries.includes(one.entry)),
      ...(group.release?.handlers ?? []),
      ...Object.keys(web).map((handler) => ({ handler })),
    ].map((one) => one.handler),
    web,
    streaming: request.streaming,
    compile: request.compile,
    target: group.target,
    engine: layout === undefined ? engine : placeShell(layout, folder),
    outfile,
  });
  // Mapped, as reading some 90 MB costs 60 ms: only this process knows of the file.
  const compiled = Bun.mmap(outfile, { shared: false });
  request.compiled?.(compiled);
  return {
    code: layout?.layOut(compiled) ?? [compiled],
    own,
    beside: besideFiles(bundled.beside, own, request.outputs),
    native: bundled.native,
    sources: [...sources, ...bundled.sources],
    notes: [...warnings, ...bundled.warnings],
  };
}

function placeShell({ shell }: Layout, folder: string): string {
  const path = join(folder, "shell");
  writeFileSync(path, shell, { mode: 0o755 });
  return path;
}

/** What the config includes, and the scripts of servers that it doesn't. */
async function ownFiles(request: ArtifactRequest, folder: string): Promise<OwnFiles> {
  const { root, group, compile: options } = request;
  const rules = [...request.include, ...group.functions.flatMap(({ include }) => include)];
  const included = includedFiles(root, rules, request.outputs);
  const names = new Set(included.map(({ name }) => name));
  const scripts = group.functions.flatMap((one) => serverScripts(root, one, (name) => names.has(name)));
  const isMain = new Set(scripts.filter(({ main }) => main).map(({ name }) => name));
  const [files, sources, warnings]: [PackageFile[], string[], string[]] = [[], [], []];
  for (const script of new Set(scripts.map(({ name }) => name))) {
    const role = isMain.has(script) ? "server" : "preload";
    const bundled = await bundleServer({ root, script, role, folder, compile: options, target: group.target });
    files.push(...bundled.files);
    sources.push(...bundled.sources);
    warnings.push(...bundled.warnings);
  }
  return { own: mergeFiles(included, files), sources, warnings };
}

/** With a BEAM to start, the runtime lies beside it, and `bootstrap` starts both. */
function executablesOf(code: readonly Slice[], { release, target }: BuildGroup): Executables {
  const launcher = release === undefined ? undefined : readLauncher(target);
  return launcher === undefined ? { bootstrap: code, engine: undefined } : { bootstrap: [launcher], engine: code };
}
