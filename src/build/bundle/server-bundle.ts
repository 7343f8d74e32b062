import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, posix } from "node:path";
import type { OutputOptions } from "rolldown";
import type { CompileOptions } from "../compile-options.ts";
import { mergeFiles, type PackageFile } from "../package/package-files.ts";
import type { BuildTarget } from "../target.ts";
import { chunkSources } from "./chunk-sources.ts";
import { besideProgram } from "./beside/beside.ts";
import { outsidePackages } from "./beside/outside-packages.ts";
import { filesRead } from "./beside/read-files.ts";
import { asInNode } from "./linking/as-in-node.ts";
import { assets, IN_PACKAGE } from "./linking/assets.ts";
import { codeFindings } from "./linking/findings.ts";
import type { LinkedChunk } from "./linking/helpers-in-start.ts";
import { link } from "./linking/link.ts";
import { mainModule } from "./linking/main-module.ts";
import { serverStart } from "./linking/server-start.ts";
import { mayflySources } from "./mayfly-sources.ts";

export interface ServerBundleRequest {
  readonly root: string;
  /** From the root, with `/`. */
  readonly script: string;
  /** A server itself, something that is loaded ahead of one, or what a program has run apart from it. */
  readonly role: "server" | "preload" | "apart";
  /** Where the output goes for now. */
  readonly folder: string;
  readonly compile: CompileOptions;
  readonly target: BuildTarget;
}

export interface ServerBundle {
  readonly files: readonly PackageFile[];
  /** Modules of the project that it has run by themselves: absolute paths, by where it looks for them. */
  readonly scripts: ReadonlyMap<string, string>;
  /** The files whose code is in it: absolute paths. */
  readonly sources: readonly string[];
  readonly warnings: readonly string[];
}

/** The engine runs a file that begins with this line as it is, whatever its extension says. */
const AS_IT_IS = "// @bun\n";

/**
 * Bundles a server's script with all that it imports, so that it runs without `node_modules`. In the package it has its
 * own name, and what it loads later lies beside it.
 * @throws SourceFault as `bundle` does
 * @throws Fault MAYFLY_ADDON_TARGET
 */
export async function bundleServer(request: ServerBundleRequest): Promise<ServerBundle> {
  const { root, script, role, compile, target } = request;
  const entry = join(root, script);
  const packed = assets(root, IN_PACKAGE);
  const read = filesRead(root);
  const outside = outsidePackages(root);
  const { chunks, warnings } = await link({
    root,
    entry,
    sourcemap: compile.sourcemap,
    plugins: [
      mayflySources(root),
      outside.plugin,
      ...read.plugins,
      packed.plugin,
      codeFindings(root, () => compile.external.length > 0 || outside.native.size > 0),
      serverStart(role === "server" ? entry : undefined),
      mainModule(role === "preload" ? undefined : entry),
      ...asInNode(root, compile.external),
    ],
    output: outputOptions(root, script),
  });
  const written = chunks.map((chunk) => writeChunk(chunk, request));
  const beside = await besideProgram({ root, target, read, addons: packed.addons, outside });
  const files = [...packed.files].map(([name, path]) => packedFile(name, path));
  return {
    files: mergeFiles(written, files, beside.files),
    scripts: read.scripts,
    sources: chunkSources(chunks),
    warnings: [...read.warnings, ...beside.warnings, ...warnings],
  };
}

function outputOptions(root: string, script: string): OutputOptions {
  const name = basename(script);
  return {
    dir: join(root, dirname(script)),
    entryFileNames: name,
    chunkFileNames: `${name}.[name].js`,
    // Nobody compiles it again, who would give it one.
    polyfillRequire: true,
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  };
}

function writeChunk({ fileName, code, map }: LinkedChunk, { script, folder }: ServerBundleRequest): PackageFile {
  const name = posix.join(posix.dirname(script), fileName);
  const path = join(folder, name);
  const shell = /^#!.*\n/.exec(code)?.[0] ?? "";
  const moved = shell === "" ? ";" : "";
  const mapped = map === null ? "" : inlineMap(map.sources, moved + map.mappings);
  const data = Buffer.from(AS_IT_IS + code.slice(shell.length) + mapped);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, data);
  return { name, path, bytes: data.length, executable: false };
}

/** In the one form that the engine reads. */
function inlineMap(sources: readonly string[], mappings: string): string {
  const text = JSON.stringify({ version: 3, sources, sourcesContent: sources.map(() => ""), names: [], mappings });
  return `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(text).toString("base64")}\n`;
}

function packedFile(name: string, path: string): PackageFile {
  const { size, mode } = statSync(path);
  return { name, path, bytes: size, executable: extname(name) === ".node" || (mode & 0o111) !== 0 };
}
