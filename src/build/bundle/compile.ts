import { rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { BuildTarget } from "../target.ts";
import { packedFiles } from "./linking/assets.ts";
import { patchMaps, type PlainMap, readMap, writePatches } from "./source-maps/executable-maps.ts";
import { padding } from "./source-maps/padding.ts";

/**
 * How many times longer than the engine's default code runs in the interpreter before it is compiled. Measured: from 10
 * to 200 all start alike, and 5 saves less.
 */
const JIT_DELAY = 20;

/** A file of JavaScript that imports others by `./` and their names. */
export interface SourceChunk {
  readonly fileName: string;
  readonly code: string;
  /** To what it was made of. */
  readonly map: PlainMap | null;
}

export interface CompileRequest {
  readonly root: string;
  /** The first is the one that a start begins with. */
  readonly chunks: readonly SourceChunk[];
  readonly sourcemap: boolean;
  /** What is packed beside the chunks: absolute paths, by where they lie from the root. */
  readonly files: ReadonlyMap<string, string>;
  readonly jitDelay: boolean;
  readonly bytecodeOrder: readonly string[] | undefined;
  readonly target: BuildTarget;
  /** The engine for `target`; `undefined` for the one that runs this code. */
  readonly engine: string | undefined;
  /** Where the executable goes. Its base name is part of its bytes. */
  readonly outfile: string;
}

/** Where the chunks seem to lie, below the project's root. The folder exists only during the build. */
const PLACE = ".mayfly";

/**
 * Compiles chunks to an executable with bytecode, each as it is: the engine's bundler is told that what a chunk imports
 * is somewhere else, and so neither merges them nor moves anything between them.
 * @throws what the engine throws
 */
export async function compileChunks(request: CompileRequest): Promise<Bun.BuildOutput> {
  const room = new Map<string, number>();
  for (;;) {
    const output = await compile(request, room);
    const lacking = request.sourcemap ? await writeMaps(request, output) : new Map<string, number>();
    if (lacking.size === 0) return output;
    for (const [name, bytes] of lacking) room.set(name, (room.get(name) ?? 0) + bytes);
  }
}

function compile(request: CompileRequest, room: ReadonlyMap<string, number>): Promise<Bun.BuildOutput> {
  const { root, chunks, target, engine, outfile } = request;
  const placed = chunks.map(
    ({ fileName, code }) => [join(root, PLACE, fileName), code + padding(room.get(fileName) ?? 0)] as const,
  );
  return Bun.build({
    entrypoints: placed.map(([path]) => path),
    files: Object.fromEntries(placed),
    root,
    naming: { entry: "[name].[ext]" },
    target: "bun",
    format: "esm",
    splitting: true,
    // Names of classes and functions are read by people, in errors and logs. keepNames alone would
    // not keep them from being shortened; without it, `class X` in an expression loses its name.
    minify: { whitespace: true, syntax: true, identifiers: false, keepNames: true },
    sourcemap: request.sourcemap ? "inline" : "none",
    bytecode: true,
    compile: {
      target: `bun-${target.os}-${target.arch === "arm64" ? "arm64" : "x64"}`,
      outfile,
      ...(engine !== undefined && { executablePath: engine }),
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      // Without it a package found at run time loses its "main" and "exports": only an index.js would be found.
      autoloadPackageJson: true,
      jitPolicy: request.jitDelay ? JIT_DELAY : 1,
      bytecodeOrder: request.bytecodeOrder === undefined ? null : [...request.bytecodeOrder],
    },
    plugins: [packedFiles(request.files), chunksApart(join(root, PLACE), mainName(request))],
  });
}

/** The first chunk has another name in the executable: the executable's own. */
function mainName({ chunks, outfile }: CompileRequest): { readonly from: string; readonly to: string } {
  return { from: chunks[0]?.fileName ?? "", to: basename(outfile) };
}

/** All that a chunk imports is somewhere else: another chunk, or a package that is there when it runs. */
function chunksApart(place: string, main: { readonly from: string; readonly to: string }): Bun.BunPlugin {
  return {
    name: "mayfly-chunks",
    setup(build) {
      build.onResolve({ filter: /^[^/]/ }, ({ path, importer }) => {
        if (dirname(importer) !== place) return undefined;
        return { path: path === `./${main.from}` ? `./${main.to}` : path, external: true };
      });
    },
  };
}

/** @returns for which chunks there is no room, and how many bytes are lacking */
async function writeMaps(request: CompileRequest, output: Bun.BuildOutput): Promise<ReadonlyMap<string, number>> {
  const main = mainName(request);
  const compiled = new Map<string, PlainMap>();
  for (const file of output.outputs.filter(({ kind }) => kind === "sourcemap")) {
    compiled.set(basename(file.path, ".map"), readMap(await file.text()));
    rmSync(file.path, { force: true });
  }
  const linked = request.chunks.flatMap(({ fileName, map }) =>
    map === null ? [] : [[fileName === main.from ? main.to : fileName, map] as const],
  );
  // Mapped, as reading some 90 MB costs 60 ms.
  const mapped = Bun.mmap(request.outfile, { shared: false });
  const executable = Buffer.from(mapped.buffer, mapped.byteOffset, mapped.byteLength);
  const { patches, lacking } = patchMaps(executable, compiled, new Map(linked), request.target.os);
  writePatches(request.outfile, patches);
  return new Map([...lacking].map(([name, bytes]) => [name === main.to ? main.from : name, bytes]));
}
