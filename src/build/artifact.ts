import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Arch, Entry, IncludeRule, ResolvedFunction } from "../project/types.ts";
import { bundle } from "./bundle/bundle.ts";
import type { CompileOptions } from "./compile-options.ts";
import { findEngine } from "./engine/find-engine.ts";
import { ENGINE_FILE, readLauncher } from "./engine/launcher.ts";
import { layOutBootstrap } from "./layout/lay-out-bootstrap.ts";
import type { FoundHandler } from "./handlers/handlers.ts";
import { checkSizes } from "./package/size-limits.ts";
import { placeFile } from "./package/outdir.ts";
import { includedFiles } from "./package/include-files.ts";
import { mergeFiles, type PackageFile, placeFiles, placeFolder, zipEntries } from "./package/package-files.ts";
import { checkBinaries } from "./elixir/release-binaries.ts";
import { type Release, RELEASE_FOLDER, RELEASE_MANIFEST } from "./elixir/release.ts";
import { bundleServer } from "./bundle/server-bundle.ts";
import { serverScripts, webFunctions } from "./package/server-command.ts";
import type { BuildTarget } from "./target.ts";
import { withTemporaryFolder } from "../support/temporary-folder.ts";
import { writeZip, type ZipEntry } from "./package/zip.ts";

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
  /** What builds write, this one and earlier ones: nothing to include. Absolute paths. */
  readonly outputs: ReadonlySet<string>;
  readonly zip: boolean;
  readonly compile: CompileOptions;
  readonly progress: (step: string) => void;
}

/** libdeflate packs smaller than zlib and in less time. */
function deflate(data: Uint8Array): Uint8Array {
  return Bun.deflateSync(new Uint8Array(data), { library: "libdeflate", level: 6 });
}

/** Compiles one group and writes its `lambda.zip` or `bootstrap`; `notes` are warnings. */
export async function buildArtifact(request: ArtifactRequest): Promise<{ artifact: Artifact; notes: string[] }> {
  const { root, group, path, zip, progress } = request;
  const release = group.release?.files ?? [];
  checkBinaries(release, group.target, group.release?.origin ?? "machine");
  const engine = await findEngine(group.target, root, progress);
  return withTemporaryFolder(async (folder) => {
    const bootstrap = join(folder, "bootstrap");
    const own = await ownFiles(request, join(folder, "servers"));
    const files = mergeFiles(release, own);
    const web = webFunctions(group.functions, own, group.target);
    progress(`Compiling for ${group.target.arch}`);
    const notes = await bundle({
      root,
      entries: group.entries,
      handlers: [
        ...request.handlers.filter((one) => group.entries.includes(one.entry)),
        ...(group.release?.handlers ?? []),
        ...Object.keys(web).map((handler) => ({ handler })),
      ].map((one) => one.handler),
      web,
      streaming: request.streaming,
      target: group.target,
      engine,
      outfile: bootstrap,
      compile: request.compile,
    });
    let compiled: Uint8Array = readFileSync(bootstrap);
    if (request.compile.layout) compiled = layOutBootstrap(compiled, group.target);
    if (request.compile.layout && !zip) writeFileSync(bootstrap, compiled);
    // With a BEAM to start, the runtime lies beside it, and `bootstrap` starts both.
    const launcher = group.release === undefined ? undefined : readLauncher(group.target);
    const executables: readonly ZipEntry[] =
      launcher === undefined
        ? [{ name: "bootstrap", data: compiled, executable: true }]
        : [
            { name: "bootstrap", data: launcher, executable: true },
            { name: `${RELEASE_FOLDER}/${ENGINE_FILE}`, data: compiled, executable: true },
          ];
    let file: Uint8Array = launcher ?? compiled;
    if (zip) {
      progress(`Packing ${basename(path)}`);
      file = writeZip([...executables, ...zipEntries(files)], deflate);
      writeFileSync(join(folder, "lambda.zip"), file);
    }
    const unzippedBytes = [...files.map(({ bytes }) => bytes), ...executables.map(({ data }) => data.length)].reduce(
      (sum, bytes) => sum + bytes,
      0,
    );
    const tooLarge = checkSizes(basename(path), zip ? file.length : 0, unzippedBytes);
    if (!zip) placeFiles(own, dirname(path), root);
    if (!zip && group.release !== undefined) {
      if (launcher !== undefined) {
        renameSync(bootstrap, join(folder, ENGINE_FILE));
        writeFileSync(bootstrap, launcher);
      }
      const programs = launcher === undefined ? [] : [join(folder, ENGINE_FILE)];
      placeFolder(group.release.folder, join(dirname(path), RELEASE_FOLDER), RELEASE_MANIFEST, programs);
    }
    placeFile(zip ? join(folder, "lambda.zip") : bootstrap, path, zip ? 0o644 : 0o755);
    const hash = createHash("sha256").update(file).digest();
    const artifact: Artifact = {
      path,
      kind: zip ? "zip" : "bootstrap",
      arch: group.target.arch,
      bytes: file.length,
      unzippedBytes,
      sha256: hash.toString("hex"),
      codeSha256: hash.toString("base64"),
    };
    return { artifact, notes: tooLarge === undefined ? [...notes] : [...notes, tooLarge] };
  });
}

/** What the config includes, and the scripts of servers that it doesn't. */
async function ownFiles(request: ArtifactRequest, folder: string): Promise<readonly PackageFile[]> {
  const { root, group, compile } = request;
  const rules = [...request.include, ...group.functions.flatMap(({ include }) => include)];
  const included = includedFiles(root, rules, request.outputs);
  const names = new Set(included.map(({ name }) => name));
  const scripts = new Set(group.functions.flatMap((one) => serverScripts(root, one, (name) => names.has(name))));
  const bundled: PackageFile[] = [];
  for (const script of scripts) bundled.push(...(await bundleServer({ root, script, folder, compile })));
  return mergeFiles(included, bundled);
}
