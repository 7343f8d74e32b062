import { builtinModules } from "node:module";
import process from "node:process";

/** Something in a module of the engine: `{ builtin: "fs", path: ["promises"] }`. */
export interface BuiltinPath {
  readonly builtin: string;
  readonly path: readonly string[];
  /** By a compiler's adapter, whose result may have its own copies of the names. */
  readonly adapted?: boolean;
}

/**
 * Modules of the engine that cost a start between 0.5 and 14 ms when they are loaded, measured one by one in fresh
 * compiled programs. Loading them has no effect that a program can see. The others are loaded already or cost nothing;
 * of those `module` is here since it can get hold of any other and change what was taken from them.
 */
const COSTLY: ReadonlySet<string> = new Set(
  (
    "assert async_hooks child_process cluster crypto dgram diagnostics_channel dns dns/promises events fs fs/promises " +
    "http http2 https inspector module net os path perf_hooks querystring readline readline/promises stream stream/promises " +
    "timers timers/promises tls tty url util v8 vm worker_threads zlib"
  ).split(" "),
);

/** Functions whose calls runtime/deferred/deferred-answers.ts can answer without their module, by module and name. */
const ANSWERED: ReadonlySet<string> = new Set(["fs/promises.readFile", "path.join"]);

/** Text that is the same wherever Mayfly runs. */
const CONSTANTS: ReadonlySet<string> = new Set(["os.EOL", "path.delimiter", "path.sep"]);

export function isAnswered({ builtin, path }: BuiltinPath): boolean {
  return ANSWERED.has([builtin, ...path].join("."));
}

/** The value of a name that needs no module to be known. */
export function constantText({ builtin, path }: BuiltinPath): string | undefined {
  if (!CONSTANTS.has([builtin, ...path].join("."))) return undefined;
  const value = builtinValue(builtin, path);
  return typeof value === "string" ? value : undefined;
}

/** The bare name of a module of the engine that is worth deferring: `https` for `node:https` and `https`. */
export function deferrableBuiltin(specifier: string): string | undefined {
  const name = specifier.startsWith("node:") ? specifier.slice("node:".length) : specifier;
  return COSTLY.has(name) && builtinModules.includes(name) ? name : undefined;
}

/** What a module of the engine has at a path of names; the pinned engine that builds is the one that will run. */
export function builtinValue(builtin: string, path: readonly string[]): unknown {
  let value: unknown = process.getBuiltinModule(builtin);
  for (const name of path) {
    if ((typeof value !== "object" || value === null) && typeof value !== "function") return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

/** The names that can be imported from a module of the engine, `default` not among them. */
export function exportedNames(builtin: string): readonly string[] {
  const module: unknown = process.getBuiltinModule(builtin);
  return typeof module === "object" || typeof module === "function"
    ? Object.keys(module ?? {}).filter(
        (name) => name !== "default" && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name),
      )
    : [];
}
