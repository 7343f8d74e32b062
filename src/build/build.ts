import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { removeLeftOvers } from "../support/left-over.ts";
import { isElixir } from "../project/mix.ts";
import { type Arch, ARCHES, DEFAULT_ARCH, type ResolvedFunction, type ResolvedProject } from "../project/types.ts";
import { type Artifact, buildArtifact, type BuildGroup } from "./artifact.ts";
import type { CompileOptions } from "./compile-options.ts";
import { checkClashes, handlerOf, streamingHandlers } from "./handlers/function-handlers.ts";
import { elixirHandlerOf } from "./handlers/elixir-handlers.ts";
import { findHandlers } from "./handlers/handlers.ts";
import { cleanCache } from "./cache-folder.ts";
import { type InventoryOptions, inventoryPaths } from "./inventory/inventory.ts";
import { prepareOutdir } from "./package/outdir.ts";
import type { ContainerOptions } from "./elixir/container-release.ts";
import { buildReleases, type Releases } from "./elixir/releases.ts";
import { type BuildTarget, lambdaTarget } from "./target.ts";
import { typecheck } from "./typecheck.ts";

export interface BuildOptions {
  /** Absolute path; made when it isn't there. */
  readonly outdir: string;
  /** Where a bootstrap goes instead if something has to lie beside it that `outdir` doesn't have in its place. */
  readonly unpacked?: string;
  /** `lambda.zip` rather than `bootstrap`. */
  readonly zip: boolean;
  /** For everything; without it, each function's own architecture on Lambda. */
  readonly target?: BuildTarget;
  readonly compile: CompileOptions;
  /** What is written beside an artifact, about it. */
  readonly inventory?: InventoryOptions;
  readonly typecheck?: boolean;
  /** To assemble an Elixir release in a container rather than with this machine's toolchain. */
  readonly container?: ContainerOptions;
  /** Told of each program as the engine's compiler wrote it, before its pages are laid out. */
  readonly compiled?: (program: Uint8Array) => void;
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
  /** Whether that URL has the invoke mode `RESPONSE_STREAM`. */
  readonly stream: boolean;
  /** Absolute path of the artifact that it runs. */
  readonly artifact: string;
}

export interface BuildResult {
  readonly artifacts: readonly Artifact[];
  /** The entries, from the project root, and what told that it is these; `null` where they were named. */
  readonly found: { readonly files: readonly string[]; readonly rule: string } | null;
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
  removeLeftOvers(tmpdir());
  removeLeftOvers(options.outdir);
  cleanCache();
  const started = performance.now();
  const groups = groupByTarget(project, options.target);
  const arches = groups.filter((one) => one.elixir).map((one) => one.target.arch);
  const settings = { root: project.root, arches, container: options.container, progress: options.progress };
  const result = await buildReleases(settings, (releases) => buildWith(groups, releases, project, options));
  const warnings = options.container !== undefined && !project.mix ? [NOTHING_FOR_A_CONTAINER] : [];
  return {
    ...result,
    warnings: [...result.warnings, ...warnings],
    durationMs: Math.round(performance.now() - started),
  };
}

const NOTHING_FOR_A_CONTAINER =
  "--docker changes nothing here: without a mix.exs, no part of the package is made with this machine's own toolchain. Native add-ons are taken as they are installed in node_modules.";

async function buildWith(
  groups: readonly TargetGroup[],
  releases: Releases,
  project: ResolvedProject,
  options: BuildOptions,
): Promise<Omit<BuildResult, "durationMs">> {
  const progress = options.progress ?? (() => undefined);
  checkClashes(project.functions);
  if (options.typecheck === true) {
    progress("Checking types");
    await typecheck(project.root, project.entries);
  }
  progress("Reading handlers");
  const found = await findHandlers(project.root, project.entries, options.compile.external);
  const elixir = releases.all[0] ?? { handlers: [], possible: [] };
  const handlers = new Map(
    project.functions.map((one) => [
      one.name,
      one.web !== undefined
        ? one.name
        : isElixir(one)
          ? elixirHandlerOf(one, elixir)
          : handlerOf(one, found, project.entries),
    ]),
  );

  const artifacts: Artifact[] = [];
  const functions: BuiltFunction[] = [];
  const warnings = [...found.warnings, ...releases.all.flatMap((one) => one.warnings)];
  for (const group of groups) {
    const path = artifactPath(options, group.target, groups.length > 1);
    const { artifact, notes } = await buildArtifact({
      root: project.root,
      group: { ...group, release: group.elixir ? releases.for(group.target.arch) : undefined },
      include: project.include,
      handlers: found.handlers,
      streaming: streamingHandlers(group.functions, handlers),
      path,
      outputs: artifactPaths(options),
      ...(options.unpacked !== undefined && groups.length === 1 && { unpacked: options.unpacked }),
      zip: options.zip,
      compile: options.compile,
      ...(options.compiled !== undefined && { compiled: options.compiled }),
      inventory: options.inventory ?? { notices: false, sbom: false },
      progress,
    });
    artifacts.push(artifact);
    warnings.push(...notes);
    functions.push(...group.functions.map((one) => describe(one, handlers.get(one.name) ?? "", artifact, project)));
  }
  return {
    artifacts,
    found:
      project.rule === undefined
        ? null
        : { files: project.entries.map(({ file }) => relative(project.root, file)), rule: project.rule },
    handlers: [
      ...found.handlers.map(({ handler, entry }) => ({ handler, file: relative(project.root, entry.file) })),
      ...elixir.handlers,
    ],
    functions,
    warnings: [...new Set(warnings)],
  };
}

/** What goes into one artifact, before there is a release. */
interface TargetGroup extends Omit<BuildGroup, "release"> {
  readonly elixir: boolean;
}

function groupByTarget(
  { entries: all, functions: configured, mix }: ResolvedProject,
  target: BuildTarget | undefined,
): readonly TargetGroup[] {
  if (target !== undefined || configured.length === 0) {
    return [{ target: target ?? lambdaTarget(DEFAULT_ARCH), entries: all, functions: configured, elixir: mix }];
  }
  return ARCHES.flatMap((arch) => {
    const functions = configured.filter((one) => (one.arch ?? DEFAULT_ARCH) === arch);
    const files = new Set(functions.map((one) => one.entry.file));
    const entries = all.filter((entry) => files.has(entry.file));
    const elixir = functions.some(isElixir);
    return functions.length === 0 ? [] : [{ target: lambdaTarget(arch), entries, functions, elixir }];
  });
}

/** `lambda.zip` or `bootstrap`; with several architectures, each name says which. */
function artifactPath(options: BuildOptions, target: BuildTarget, several: boolean): string {
  if (options.zip) return join(options.outdir, several ? `lambda-${target.arch}.zip` : "lambda.zip");
  return several ? join(options.outdir, target.arch, "bootstrap") : join(options.outdir, "bootstrap");
}

/** Every path that a build into this folder may write an artifact to, or what is told about one. */
function artifactPaths(options: BuildOptions): ReadonlySet<string> {
  const targets = ARCHES.map(lambdaTarget);
  return new Set(
    [true, false].flatMap((zip) =>
      [true, false].flatMap((several) =>
        targets.flatMap((target) => {
          const path = resolve(artifactPath({ ...options, zip }, target, several));
          return [path, ...inventoryPaths(path)];
        }),
      ),
    ),
  );
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
    stream: one.stream,
    artifact: artifact.path,
  };
}
