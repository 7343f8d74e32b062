import { join, relative } from "node:path";
import { isElixir } from "../project/mix.ts";
import { type Arch, ARCHES, DEFAULT_ARCH, type ResolvedFunction, type ResolvedProject } from "../project/types.ts";
import { type Artifact, buildArtifact, type BuildGroup } from "./artifact.ts";
import { checkClashes, handlerOf } from "./function-handlers.ts";
import { elixirHandlerOf } from "./elixir-handlers.ts";
import { findHandlers } from "./handlers.ts";
import { prepareOutdir } from "./outdir.ts";
import { buildRelease, type Release } from "./release.ts";
import { type BuildTarget, lambdaTarget } from "./target.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";
import { typecheck } from "./typecheck.ts";

export interface BuildOptions {
  /** Absolute path; made when it isn't there. */
  readonly outdir: string;
  /** `lambda.zip` rather than `bootstrap`. */
  readonly zip: boolean;
  /** For everything; without it, each function's own architecture on Lambda. */
  readonly target?: BuildTarget;
  /** Whether stack traces show the source's lines; `true` by default. */
  readonly sourcemap?: boolean;
  /** Whether the engine's modules are loaded when they are first used; `true` by default. */
  readonly defer?: boolean;
  /** Whether the artifact logs which of them it loads, for a profile; `false` by default. */
  readonly record?: boolean;
  /** Packages to leave out, to be found in node_modules at run time. */
  readonly external?: readonly string[];
  readonly typecheck?: boolean;
  /** Told what begins: `Compiling for arm64`. */
  readonly progress?: (step: string) => void;
}

export interface BuiltHandler {
  /** What to set as the function's handler. */
  readonly handler: string;
  /** From the project root. */
  readonly file: string;
}

export interface BuiltFunction {
  readonly name: string;
  readonly handler: string;
  /** From the project root. */
  readonly entry: string;
  /** MB. */
  readonly memory: number;
  /** Seconds. */
  readonly timeout: number;
  readonly arch: Arch;
  readonly environment: Readonly<Record<string, string>>;
  readonly url: boolean;
  /** Absolute path of the artifact that it runs. */
  readonly artifact: string;
}

export interface BuildResult {
  readonly artifacts: readonly Artifact[];
  readonly handlers: readonly BuiltHandler[];
  readonly functions: readonly BuiltFunction[];
  readonly durationMs: number;
  readonly warnings: readonly string[];
}

/**
 * Builds a project to one artifact for each architecture that its functions want.
 * @throws Fault or SourceFault; the codes are in docs/errors.md
 */
export async function buildProject(project: ResolvedProject, options: BuildOptions): Promise<BuildResult> {
  prepareOutdir(options.outdir);
  if (!project.mix) return buildWith(undefined, project, options);
  const started = performance.now();
  const { progress = () => undefined } = options;
  return withTemporaryFolder(async (folder) => {
    const release = await buildRelease(project.root, folder, progress);
    const result = await buildWith(release, project, options);
    return { ...result, durationMs: Math.round(performance.now() - started) };
  });
}

async function buildWith(
  release: Release | undefined,
  project: ResolvedProject,
  options: BuildOptions,
): Promise<BuildResult> {
  const started = performance.now();
  const progress = options.progress ?? (() => undefined);
  checkClashes(project.functions);
  if (options.typecheck === true) {
    progress("Checking types");
    await typecheck(project.root, project.entries);
  }
  progress("Reading handlers");
  const found = await findHandlers(project.root, project.entries, options.external ?? []);
  const handlers = new Map(
    project.functions.map((one) => [
      one.name,
      isElixir(one) ? elixirHandlerOf(one, release?.handlers ?? []) : handlerOf(one, found),
    ]),
  );

  const groups = groupByTarget(project, release, options.target);
  const artifacts: Artifact[] = [];
  const functions: BuiltFunction[] = [];
  const warnings = [...found.warnings, ...(release?.warnings ?? [])];
  for (const group of groups) {
    const path = artifactPath(options, group.target, groups.length > 1);
    const { artifact, notes } = await buildArtifact({
      root: project.root,
      group,
      handlers: found.handlers,
      path,
      zip: options.zip,
      sourcemap: options.sourcemap ?? true,
      defer: options.defer ?? true,
      record: options.record ?? false,
      external: options.external ?? [],
      progress,
    });
    artifacts.push(artifact);
    warnings.push(...notes);
    functions.push(...group.functions.map((one) => describe(one, handlers.get(one.name) ?? "", artifact, project)));
  }
  return {
    artifacts,
    handlers: [
      ...found.handlers.map(({ handler, entry }) => ({ handler, file: relative(project.root, entry.file) })),
      ...(release?.handlers ?? []),
    ],
    functions,
    durationMs: Math.round(performance.now() - started),
    warnings: [...new Set(warnings)],
  };
}

function groupByTarget(
  { entries: all, functions: configured }: ResolvedProject,
  release: Release | undefined,
  target: BuildTarget | undefined,
): readonly BuildGroup[] {
  if (target !== undefined || configured.length === 0) {
    return [{ target: target ?? lambdaTarget(DEFAULT_ARCH), entries: all, functions: configured, release }];
  }
  return ARCHES.flatMap((arch) => {
    const functions = configured.filter((one) => (one.arch ?? DEFAULT_ARCH) === arch);
    const files = new Set(functions.map((one) => one.entry.file));
    const entries = all.filter((entry) => files.has(entry.file));
    const own = functions.some(isElixir) ? release : undefined;
    return functions.length === 0 ? [] : [{ target: lambdaTarget(arch), entries, functions, release: own }];
  });
}

/** `lambda.zip` or `bootstrap`; with several architectures, each name says which. */
function artifactPath(options: BuildOptions, target: BuildTarget, several: boolean): string {
  if (options.zip) return join(options.outdir, several ? `lambda-${target.arch}.zip` : "lambda.zip");
  return several ? join(options.outdir, target.arch, "bootstrap") : join(options.outdir, "bootstrap");
}

function describe(one: ResolvedFunction, handler: string, artifact: Artifact, project: ResolvedProject): BuiltFunction {
  return {
    name: one.name,
    handler,
    entry: relative(project.root, one.entry.file),
    memory: one.memory,
    timeout: one.timeout,
    arch: artifact.arch,
    environment: one.environment,
    url: one.url,
    artifact: artifact.path,
  };
}
