import { buildProject } from "../build/build.ts";
import { programContents } from "../build/bundle/bundle.ts";
import type { CompileOptions } from "../build/compile-options.ts";
import { streamingHandlers } from "../build/handlers/function-handlers.ts";
import { includedFiles } from "../build/package/include-files.ts";
import type { ResolvedProject } from "../project/types.ts";
import { packageOfFile } from "../support/package-name.ts";
import { adviseSize } from "./size-advice.ts";
import { readBundle, readLeftOut } from "./bundled.ts";
import { zippedMaps } from "./map-size.ts";
import { readPacked } from "./packed.ts";
import type { DoctorReport } from "./report.ts";

export interface DoctorOptions {
  readonly compile: CompileOptions;
  /** For what is built to be looked at. */
  readonly folder: string;
  readonly progress: (step: string) => void;
}

/**
 * Builds a project and says what is in the package, why, and what would make it smaller.
 * @throws Fault as the build does
 */
export async function examine(
  project: ResolvedProject,
  { compile, folder, progress }: DoctorOptions,
): Promise<DoctorReport> {
  const { root, entries, functions } = project;
  const maps: number[] = [];
  const compiled = (program: Uint8Array): void => void maps.push(zippedMaps(program));
  const built = await buildProject(project, { outdir: folder, zip: true, compile, compiled, progress });
  progress("Reading what is in it");
  const byName = new Map(built.functions.map((one) => [one.name, one.handler]));
  const { linked, read, run, readers } = await programContents({
    root,
    entries,
    handlers: built.handlers.map(({ handler }) => handler),
    streaming: streamingHandlers(functions, byName),
    web: {},
    compile,
  });
  const rules = [...project.include, ...functions.flatMap(({ include }) => include)];
  const included = new Set(includedFiles(root, rules, new Set()).map(({ name }) => name));
  const artifacts = await Promise.all(
    built.artifacts.map(async ({ path, arch, bytes, unzippedBytes, beside, native }) => {
      const known = { read, run, readers, included, native: new Set(native), beside: new Set(beside) };
      return { path, arch, bytes, unzippedBytes, files: await readPacked(path, known) };
    }),
  );
  const bundle = readBundle(
    root,
    linked,
    entries.map(({ file }) => file),
  );
  return {
    version: 1,
    artifacts: artifacts.map((one) => ({ ...one, path: one.path.slice(folder.length + 1) })),
    bundle,
    leftOut: readLeftOut(root, linked, compile.external, packagesIn(artifacts)),
    advice: adviseSize(bundle, artifacts, compile.sourcemap ? Math.max(0, ...maps) : 0),
    warnings: built.warnings,
  };
}

/** Names of packages that lie beside the program. */
function packagesIn(artifacts: DoctorReport["artifacts"]): ReadonlySet<string> {
  return new Set(artifacts.flatMap(({ files }) => files.flatMap(({ name }) => packageOfFile(name) ?? [])));
}
