/** How a web function is served, as the build writes it into the bootstrap. */
export interface WebSettings {
  /** Without it, the package's Elixir application is the server. */
  readonly command?: WebCommand;
  /** Where the server listens whatever `PORT` says. Without it, a free port is chosen and told in `PORT`. */
  readonly port?: number;
  /** Answers a GET with a status below 500 once the server is ready. Without it, an open port is enough. */
  readonly readyPath?: string;
  /** Seconds that a start may take. */
  readonly startTimeout?: number;
  /** Where events that are no HTTP requests are posted. Without it, they are refused. */
  readonly eventPath?: string;
}

export interface WebCommand {
  /** Whether the bootstrap's own engine runs it. The first word may then be `node` or `bun`. */
  readonly engine: boolean;
  /** A program that begins with `./` lies in the package; others are looked up in `PATH` or are absolute. */
  readonly words: readonly string[];
}

/** By the function's name in the config, which is its `_HANDLER`. */
export type WebFunctions = Readonly<Record<string, WebSettings>>;
