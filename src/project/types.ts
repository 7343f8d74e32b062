import type { CheckedWeb } from "./web-schema.ts";

/** Lambda's own names for the two architectures. */
export type Arch = "x86_64" | "arm64";

export const ARCHES: readonly Arch[] = ["x86_64", "arm64"];
/** What Lambda takes when nothing is said, whatever machine builds: the same input gives the same bytes. */
export const DEFAULT_ARCH: Arch = "x86_64";

/** One source file whose exports can be handlers. */
export interface Entry {
  /** Path from the project root without extension, with `/`: `src/hello`. */
  readonly module: string;
  /** Absolute path. */
  readonly file: string;
}

/** A function of the config with every default filled in. */
export interface ResolvedFunction {
  readonly name: string;
  /** For Elixir the project's mix.exs, for a server with a command the config file. */
  readonly entry: Entry;
  /** As the user wrote it. Without it, the entry's only handler is meant. */
  readonly handler: string | undefined;
  /** MB. */
  readonly memory: number;
  /** Seconds. */
  readonly timeout: number;
  readonly arch: Arch | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly url: boolean;
  /** Whether that URL has the invoke mode `RESPONSE_STREAM`. */
  readonly stream: boolean;
  /** Set for a server that listens by itself. */
  readonly web: CheckedWeb | undefined;
  readonly include: readonly IncludeRule[];
}

/** Files for the package, as the config names them. */
export interface IncludeRule {
  /** A path or pattern from the project's root; with a leading `!`, what is left out. */
  readonly from: string;
  /** A folder in the package; `undefined` for the same path. */
  readonly to: string | undefined;
}

/** User config and conventions, settled once. Everything after works from this alone. */
export interface ResolvedProject {
  /** Absolute path. */
  readonly root: string;
  readonly configFile: string | undefined;
  /** Sorted by module name; at least one, but for Elixir and servers. */
  readonly entries: readonly Entry[];
  /** What told that it is these entries, where nobody named them. */
  readonly rule: string | undefined;
  /** Whether the release of the root's Mix project goes into the package. */
  readonly mix: boolean;
  /** In the config's order; empty without a config. */
  readonly functions: readonly ResolvedFunction[];
  /** For every package. */
  readonly include: readonly IncludeRule[];
}
