/** What a project may say in `mayfly.config.ts`. Checked when the command line loads it, not here. */
export interface MayflyConfig {
  /** By function name: 1 to 64 letters, digits, `-` and `_`. */
  readonly functions?: Readonly<Record<string, FunctionConfig>>;
  /** The project is a server that listens by itself: a function named `web` with default settings. */
  readonly web?: WebConfig;
  /** What else goes into every package; see `FunctionConfig.include`. */
  readonly include?: readonly Include[];
}

/**
 * A file, a folder with all that is in it, or a pattern (`templates/*.html`), from the config's folder. With `to` it goes
 * there in the package instead of to the same path; `to: "."` is the package's root. `!pattern` leaves out what
 * another rule takes.
 */
export type Include = string | { readonly from: string; readonly to?: string };

/** A server that listens by itself, in any language. Requests are sent to its port. */
export interface WebConfig {
  /**
   * What starts the server, in the package's folder and without a shell. `node`, `bun` or a JavaScript or TypeScript
   * file run on Mayfly's own engine; anything else comes from the package or `PATH`. Without it, the project's Elixir
   * application is the server.
   */
  readonly command?: string | readonly string[];
  /** Where the server listens if it doesn't follow the variable `PORT`. By default a free port is chosen. */
  readonly port?: number;
  /** Answers a GET with a status below 500 once the server is ready. By default an open port is enough. */
  readonly readyPath?: string;
  /** Seconds that its start may take, 1 to 900; by default what is left of Lambda's 10 seconds for init. */
  readonly startTimeout?: number;
  /** Where events that are no HTTP requests (SQS, schedules) are posted as JSON. By default they are refused. */
  readonly eventPath?: string;
}

export interface FunctionConfig {
  /** The source file with the handler, relative to this config file. Not needed for an Elixir handler or a server. */
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
  /** The function is a server that listens by itself, in place of `entry` and `handler`. */
  readonly web?: WebConfig;
  /** What else goes into the function's package. */
  readonly include?: readonly Include[];
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
