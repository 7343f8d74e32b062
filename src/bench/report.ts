import { summarize, type Summary } from "./statistics.ts";

/** What `mayfly bench --json` prints; described in docs/bench.md. Times are milliseconds, sizes bytes. */
export interface BenchReport {
  /** Of this shape. It grows by new fields; anything else is another number. */
  readonly version: 1;
  readonly function: {
    readonly name: string;
    readonly handler: string | null;
    readonly memoryMb: number;
    readonly timeoutMs: number;
  };
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly platform: string;
    readonly arch: string;
    readonly engine: string;
  };
  readonly rounds: number;
  readonly init: {
    /** From process start to the first request for work. */
    readonly total: Summary;
    readonly cpu: Summary | null;
    /** A compiled program that does nothing, from start to end. */
    readonly emptyProgram: Summary;
    /** Adds up to the median of `total`; null where the code can't be marked. */
    readonly parts: InitParts | null;
    /** The copy of the function with marks in it, on which the parts and the modules were measured. */
    readonly marked: { readonly total: Summary; readonly slowdown: number } | null;
  };
  /** Slowest first; empty where the code can't be marked. */
  readonly modules: readonly ModuleCost[];
  readonly packages: readonly PackageCost[];
  readonly builtIns: readonly BuiltInCost[];
  readonly invocation: {
    readonly first: Summary;
    readonly steady: Summary;
    readonly cpu: Summary | null;
  };
  readonly memory: { readonly peakBytes: number | null; readonly limitBytes: number };
  readonly package: { readonly zipBytes: number | null; readonly unzippedBytes: number };
  readonly advice: readonly Advice[];
  /** What limits the worth of these figures, in sentences. */
  readonly caveats: readonly string[];
}

export interface InitParts {
  /** Process start to the first line of the runtime. */
  readonly engine: number;
  readonly runtime: number;
  /** Reading and linking the handler's compiled code. */
  readonly loading: number;
  readonly builtIns: number;
  readonly packages: number;
  readonly own: number;
}

/** Whether its code ran before the first invocation or in it. */
export type CostPhase = "init" | "invocation";

export interface ModuleCost {
  /** Path from the project's root. */
  readonly module: string;
  readonly package: string | null;
  readonly phase: CostPhase;
  /** Its own body. */
  readonly self: number;
  /** And all that only it brings in. */
  readonly total: number;
  readonly bytes: number;
  /** From the handler's file to this one. */
  readonly chain: readonly string[];
}

export interface PackageCost {
  /** Or a scope with all of its packages, where there are several: `@aws-sdk/*`. */
  readonly package: string;
  readonly modules: number;
  /** Of its modules, in init. */
  readonly self: number;
  /** What the start would take less without it. */
  readonly total: number;
  readonly bytes: number;
  readonly chain: readonly string[];
}

export interface BuiltInCost {
  /** `node:https` */
  readonly name: string;
  readonly phase: CostPhase;
  /** With those that it loads itself and nothing had loaded before. */
  readonly self: number;
  readonly importedBy: readonly string[];
  readonly chain: readonly string[];
}

export interface Advice {
  /** Stable; the anchor of its section in docs/bench.md. */
  readonly kind:
    | "load-it-when-it-is-needed"
    | "import-the-client-you-use"
    | "built-ins-at-start"
    | "work-at-module-level"
    | "waiting-at-start"
    | "first-invocation"
    | "memory"
    | "package-size"
    | "two-copies";
  readonly text: string;
  /** Milliseconds of the start, where it can be said. */
  readonly saves: number | null;
}

/**
 * @param most between the quartiles, as a share of the median, where a figure still means much
 * @returns a sentence, where there is something to say
 */
export function spreadCaveat(what: string, values: readonly number[], most: number): string | undefined {
  const { median, low, high } = summarize(values);
  const spread = (high - low) / median;
  if (!(spread > most)) return undefined;
  return `${what} varies too much to compare: its middle half spans ${Math.round(spread * 100)} % of the median. Is the machine busy?`;
}
