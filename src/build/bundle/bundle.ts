import { readField } from "../../support/read-field.ts";
import type { Entry } from "../../project/types.ts";
import type { WebFunctions } from "../../protocol/web-settings.ts";
import type { CompileOptions } from "../compile-options.ts";
import { inspectAddons } from "./addon.ts";
import { absentOptionals } from "./absent-optionals.ts";
import { bundleFault } from "./bundle-fault.ts";
import { orderFiles } from "./bytecode-order.ts";
import { deferredModules } from "./defer/plugin.ts";
import { readProfile } from "./defer/profile.ts";
import { withEarlyReturns } from "./early-return.ts";
import { inProjectRoot } from "./in-project-root.ts";
import { ENTRY_SPECIFIER, type EntryProgram, mayflySources } from "./mayfly-sources.ts";
import type { BuildTarget } from "../target.ts";
import { UserSources } from "./user-sources.ts";

/**
 * How many times longer than the engine's default code runs in the interpreter before it is compiled. Measured: from 10
 * to 200 all start alike, and 5 saves less.
 */
const JIT_DELAY = 20;

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
  readonly plugins?: (own: readonly Bun.BunPlugin[]) => readonly Bun.BunPlugin[];
}

/**
 * Compiles the runtime and the entries to one executable with bytecode; returns warnings.
 * @throws SourceFault MAYFLY_SYNTAX, MAYFLY_UNRESOLVED_IMPORT or MAYFLY_BUNDLE
 * @throws Fault MAYFLY_ADDON_TARGET, MAYFLY_PROFILE
 */
export async function bundle(request: BundleRequest): Promise<readonly string[]> {
  const addons = inspectAddons(request.target);
  const { root, compile: options } = request;
  const sources = new UserSources(root, options);
  const own = [
    mayflySources(root, entryProgram(request)),
    addons.plugin,
    sources.plugin(),
    ...(options.defer ? [deferredModules(root)] : []),
  ];
  const output = await inProjectRoot(root, () =>
    withoutAbsentOptionals(options.external, (external) =>
      withEarlyReturns(sources.read, (more) =>
        compile({ ...request, compile: { ...options, external } }, [...more, ...own]),
      ),
    ),
  );
  addons.check();
  return output.logs
    .filter(({ level }) => WARNING_LEVELS.has(level))
    .map((log) => warningText(log.message, log.position));
}

/**
 * The chunks that would be compiled, as text, with the engine's list of what went into them and who imports what. Nothing
 * is written.
 * @throws SourceFault as `bundle` does
 */
export async function bundleChunks(request: ChunksRequest): Promise<Bun.BuildOutput> {
  const { root, compile: options } = request;
  const sources = new UserSources(root, options);
  const own = [
    mayflySources(root, entryProgram(request)),
    sources.plugin(),
    ...(options.defer ? [deferredModules(root)] : []),
  ];
  return inProjectRoot(root, () =>
    withoutAbsentOptionals(options.external, (external) =>
      withEarlyReturns(sources.read, (more) =>
        Bun.build({
          ...codeOptions(root, { ...options, external, sourcemap: false }),
          metafile: true,
          plugins: [...more, ...own],
        }),
      ),
    ),
  );
}

/** What decides which code there is and in which order it runs. */
function codeOptions(root: string, { external, sourcemap }: CompileOptions): Bun.BuildConfig {
  return {
    entrypoints: [ENTRY_SPECIFIER],
    root,
    target: "bun",
    format: "esm",
    // A chunk for each module: only the chosen handler's code is evaluated at start, and a package
    // that is missing at run time is an error of that module's import, which the runtime reports.
    splitting: true,
    // Names of classes and functions are read by people, in errors and logs. keepNames alone would
    // not keep them from being shortened; without it, `class X` in an expression loses its name.
    minify: { whitespace: true, syntax: true, identifiers: false, keepNames: true },
    sourcemap: sourcemap ? "inline" : "none",
    external: [...external],
    define: {
      // Otherwise the builder's own NODE_ENV is compiled in, or "development".
      "process.env.NODE_ENV": '"production"',
      // Otherwise the path on the building machine; at run time the function's files are there.
      __dirname: "process.env.LAMBDA_TASK_ROOT",
      __filename: "process.execPath",
    },
    jsx: { development: false },
  };
}

/**
 * @param build throws what the bundler throws
 * @throws SourceFault as `bundle` does
 */
async function withoutAbsentOptionals(
  external: readonly string[],
  build: (external: readonly string[]) => Promise<Bun.BuildOutput>,
): Promise<Bun.BuildOutput> {
  try {
    return await build(external);
  } catch (cause) {
    const absent = absentOptionals(cause)?.filter((specifier) => !external.includes(specifier)) ?? [];
    if (absent.length === 0) throw bundleFault(cause);
    return withoutAbsentOptionals([...external, ...absent], build);
  }
}

function compile(request: BundleRequest, own: readonly Bun.BunPlugin[]): Promise<Bun.BuildOutput> {
  return Bun.build({
    ...codeOptions(request.root, request.compile),
    bytecode: true,
    compile: {
      target: compileTarget(request.target),
      outfile: request.outfile,
      ...(request.engine !== undefined && { executablePath: request.engine }),
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      // Without it a package found at run time loses its "main" and "exports": only an index.js would be found.
      autoloadPackageJson: true,
      jitPolicy: request.compile.jitDelay ? JIT_DELAY : 1,
      bytecodeOrder: request.compile.order ? [...orderFiles(request.root, request.entries)] : null,
    },
    plugins: [...(request.plugins?.(own) ?? own)],
  });
}

function entryProgram({ root, entries, handlers, streaming, web, compile: options }: ChunksRequest): EntryProgram {
  const { defer, jitDelay, record } = options;
  const preload = defer && !record ? readProfile(root) : {};
  // Only imports that are deferred can be recorded.
  return { entries, preload, handlers, streaming, web, jitDelay, once: defer && record };
}

function compileTarget(target: BuildTarget): Bun.Build.CompileTarget {
  const arch = target.arch === "arm64" ? "arm64" : "x64";
  return `bun-${target.os}-${arch}`;
}

function warningText(message: string, position: unknown): string {
  const file = readField(position, "file");
  if (typeof file !== "string") return message;
  return `${file}:${String(readField(position, "line"))}:${String(readField(position, "column"))}: ${message}`;
}
