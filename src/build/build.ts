import { join, relative } from "node:path";
import { type Arch, ARCHES, DEFAULT_ARCH, type ResolvedFunction, type ResolvedProject } from "../project/types.ts";
import { type Artifact, buildArtifact, type BuildGroup } from "./artifact.ts";
import { checkClashes, handlerOf } from "./function-handlers.ts";
import { findHandlers } from "./handlers.ts";
import { prepareOutdir } from "./outdir.ts";
import { type BuildTarget, lambdaTarget } from "./target.ts";
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
  const started = performance.now();
  const progress = options.progress ?? (() => undefined);
  prepareOutdir(options.outdir);
  checkClashes(project.functions);
  if (options.typecheck === true) {
    progress("Checking types");
    await typecheck(project.root, project.entries);
  }
  progress("Reading handlers");
  const found = await findHandlers(project.root, project.entries, options.external ?? []);
  const handlers = new Map(project.functions.map((one) => [one.name, handlerOf(one, found)]));

  const groups = groupByTarget(project, options.target);
  const artifacts: Artifact[] = [];
  const functions: BuiltFunction[] = [];
  const warnings = [...found.warnings];
  for (const group of groups) {
    const path = artifactPath(options, group.target, groups.length > 1);
    const { artifact, notes } = await buildArtifact({
      root: project.root,
      group,
      handlers: found.handlers,
      path,
      zip: options.zip,
      sourcemap: options.sourcemap ?? true,
      external: options.external ?? [],
      progress,
    });
    artifacts.push(artifact);
    warnings.push(...notes);
    functions.push(...group.functions.map((one) => describe(one, handlers.get(one.name) ?? "", artifact, project)));
  }
  return {
    artifacts,
    handlers: found.handlers.map(({ handler, entry }) => ({ handler, file: relative(project.root, entry.file) })),
    functions,
    durationMs: Math.round(performance.now() - started),
    warnings: [...new Set(warnings)],
  };
}

function groupByTarget(project: ResolvedProject, target: BuildTarget | undefined): readonly BuildGroup[] {
  if (target !== undefined || project.functions.length === 0) {
    return [{ target: target ?? lambdaTarget(DEFAULT_ARCH), entries: project.entries, functions: project.functions }];
  }
  return ARCHES.flatMap((arch) => {
    const functions = project.functions.filter((one) => (one.arch ?? DEFAULT_ARCH) === arch);
    const files = new Set(functions.map((one) => one.entry.file));
    const entries = project.entries.filter((entry) => files.has(entry.file));
    return functions.length === 0 ? [] : [{ target: lambdaTarget(arch), entries, functions }];
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
