/** What the switches of a build decide. A new one stands here, as a flag of `mayfly build`, and where it is used. */
export interface CompileOptions {
  /** Whether stack traces show the source's lines. */
  readonly sourcemap: boolean;
  /** Whether modules of the engine are loaded when they are first used, instead of where they are imported. */
  readonly defer: boolean;
  /** Whether what a start reads lies at the beginning of the artifact. */
  readonly layout: boolean;
  /** Whether code is compiled for the processor later than the engine would, until some invocations are served. */
  readonly jitDelay: boolean;
  /** Whether bytecode that the project's profile says is used comes first. */
  readonly order: boolean;
  /** Whether the artifact logs which of the engine's modules it loads, and ends after one invocation, for a profile. */
  readonly record: boolean;
  /** Packages to leave out, to be found in node_modules at run time. */
  readonly external: readonly string[];
}

/** What is given, and the defaults for the rest. */
export function compileOptions({
  sourcemap = true,
  defer = true,
  layout = true,
  jitDelay = true,
  order = true,
  record = false,
  external = [],
}: Partial<CompileOptions> = {}): CompileOptions {
  return { sourcemap, defer, layout, jitDelay, order, record, external };
}
