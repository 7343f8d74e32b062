/**
 * What code calls whose imports of the engine's modules the build deferred: a module is loaded when the first name
 * from it is used. The build writes the calls (build/defer); `mayfly build --no-defer` writes none.
 */

import { answers, type Callable } from "./deferred-answers.ts";

/** Copies what a module captured from `builtin` before anyone can have changed it. */
type Settle = (module: object) => void;

type Class = new (...args: readonly unknown[]) => object;

const loaded = new Map<string, object>();
const waiting = new Map<string, Settle[]>();
let onLoad: ((builtin: string) => void) | undefined;

/** Loads a module of the engine, by its name without `node:`. */
export function load(builtin: string): object {
  const known = loaded.get(builtin);
  if (known !== undefined) return known;
  const module: object | undefined = process.getBuiltinModule(builtin);
  if (module === undefined) throw new Error(`The engine has no module "${builtin}"`);
  loaded.set(builtin, module);
  onLoad?.(builtin);
  // Names that were imported are fixed at the import, so here at the latest: the caller may be about to replace some.
  for (const settle of waiting.get(builtin) ?? []) settle(module);
  waiting.delete(builtin);
  return module;
}

/** The modules loaded so far, in order. */
export function loadedBuiltins(): readonly string[] {
  return [...loaded.keys()];
}

/** For a profile: calls back for each module that is loaded from now on. */
export function watchLoads(report: (builtin: string) => void): void {
  onLoad = report;
}

/** An entry, and after it what a profile says that its first invocation needs. */
export function loadingToo<T>(entry: () => Promise<T>, builtins: readonly string[]): () => Promise<T> {
  return async () => {
    const module = await entry();
    for (const builtin of builtins) load(builtin);
    return module;
  };
}

function whenLoaded(builtin: string, settle: Settle): void {
  const module = loaded.get(builtin);
  if (module !== undefined) return settle(module);
  const list = waiting.get(builtin);
  if (list === undefined) waiting.set(builtin, [settle]);
  else list.push(settle);
}

/** `const x = require("https")` */
export function whole(builtin: string): () => object {
  return () => loaded.get(builtin) ?? load(builtin);
}

/** `const { name } = require("https")`, `const name = https.a.name` */
export function member(builtin: string, ...path: readonly string[]): () => unknown {
  let settled = false;
  let value: unknown;
  whenLoaded(builtin, (module) => {
    value = path.reduce((holder: unknown, name) => Reflect.get(Object(holder), name), module);
    settled = true;
  });
  return () => {
    if (!settled) load(builtin);
    return value;
  };
}

/** `join(…)` after `const { join } = require("path")`, of a function that can answer some calls without its module. */
export function called(builtin: string, name: string, read: () => Callable): Callable {
  // Whoever has the module, or `fs` for `fs/promises`, may have replaced the function before this name was taken.
  const isLoaded = loaded.has(builtin) || loaded.has(builtin.split("/", 1).join());
  const answer = isLoaded ? undefined : answers.get(`${builtin}.${name}`);
  return answer === undefined ? read() : (...args) => answer(read, args);
}

/** A declaration whose value takes a deferred module and has no effect: evaluated once, when first used. */
export function lazy<T>(evaluate: () => T): () => T {
  let settled = false;
  let value: T;
  return () => {
    if (!settled) {
      value = evaluate();
      settled = true;
    }
    return value;
  };
}

/** `exports.name = value` */
export function exported(exports: object, name: string, read: () => unknown): void {
  Object.defineProperty(exports, name, {
    enumerable: true,
    configurable: true,
    get: read,
    set: (value: unknown) => {
      Object.defineProperty(exports, name, { value, writable: true, enumerable: true, configurable: true });
    },
  });
}

/** `left instanceof Class`: nothing primitive is an instance, whatever the class. */
export function isInstance(left: unknown, read: () => Class): boolean {
  if ((typeof left !== "object" || left === null) && typeof left !== "function") return false;
  // What is no function has to fail as it does anywhere.
  return left instanceof read();
}

/** What `import … from "https"` is bound to: each name read when it is used. */
export function namespaceOf(builtin: string, names: readonly string[]): object {
  const namespace = {};
  const hidden = { enumerable: true, configurable: true };
  for (const name of names) {
    Object.defineProperty(namespace, name, { ...hidden, get: (): unknown => Reflect.get(load(builtin), name) });
  }
  Object.defineProperty(namespace, "default", { ...hidden, get: () => load(builtin) });
  Object.defineProperty(namespace, "__esModule", { value: true });
  whenLoaded(builtin, (module) => {
    for (const name of names) {
      Object.defineProperty(namespace, name, { enumerable: true, value: Reflect.get(module, name) });
    }
  });
  return namespace;
}

/**
 * `new https.Agent(options)`: an agent that is made when anything is asked of it. Clients are made with their agents
 * at the start, and many never get to send anything through them.
 */
export function agent(read: () => Class, ...args: readonly unknown[]): object {
  const [options] = args;
  // As the constructor does: what the caller later changes in its object is no option any more.
  const copied = typeof options === "object" && options !== null ? [{ ...options }, ...args.slice(1)] : args;
  let made: object | undefined;
  const real = (): object => {
    if (made === undefined) {
      made = new (read())(...copied);
    }
    return made;
  };
  return new Proxy(
    {},
    {
      get: (_, key): unknown => Reflect.get(real(), key),
      set: (_, key, value) => Reflect.set(real(), key, value),
      has: (_, key) => Reflect.has(real(), key),
      deleteProperty: (_, key) => Reflect.deleteProperty(real(), key),
      ownKeys: () => Reflect.ownKeys(real()),
      getPrototypeOf: () => Reflect.getPrototypeOf(real()),
      setPrototypeOf: (_, prototype) => Reflect.setPrototypeOf(real(), prototype),
      defineProperty: (_, key, descriptor) =>
        Reflect.defineProperty(real(), key, { ...descriptor, configurable: true }),
      getOwnPropertyDescriptor: (_, key) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(real(), key);
        // The stand-in itself has no properties, and may not claim to have fixed ones.
        return descriptor && { ...descriptor, configurable: true };
      },
    },
  );
}
