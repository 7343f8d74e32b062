/** What a project may say in `mayfly.config.ts`. Checked when the command line loads it, not here. */
export interface MayflyConfig {
  /** By function name: 1 to 64 letters, digits, `-` and `_`. */
  readonly functions?: Readonly<Record<string, FunctionConfig>>;
}

export interface FunctionConfig {
  /** The source file with the handler, relative to this config file. Not needed for an Elixir handler. */
  readonly entry?: string;
  /**
   * Lambda's handler string, such as `hello.handle` or `Elixir.Hello.handle`, or just the export's name, such as
   * `handle`.
   * Not needed when the entry has exactly one handler.
   */
  readonly handler?: string;
  /** MB, 128 to 10,240; 128 by default. */
  readonly memory?: number;
  /** Seconds, 1 to 900; 3 by default. */
  readonly timeout?: number;
  /** `x86_64` by default, as on Lambda. */
  readonly arch?: "x86_64" | "arm64";
  /** Environment variables; 4 KB over all keys and values. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether the function gets a function URL, and how that answers; `false` by default. */
  readonly url?: boolean | UrlConfig;
}

export interface UrlConfig {
  /**
   * Whether responses leave piece by piece, through a URL with the invoke mode `RESPONSE_STREAM`; `false` by default.
   * The package then streams what this function's handler answers, unless its environment variable
   * `MAYFLY_RESPONSE_MODE` says otherwise, and `mayfly dev` serves it as such a URL.
   */
  readonly stream?: boolean;
}

/** Gives `mayfly.config.ts` its types; returns what it is given. */
export function defineConfig(config: MayflyConfig): MayflyConfig {
  return config;
}
