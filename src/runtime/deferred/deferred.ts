/**
 * What code calls whose imports of the engine's modules the build deferred: a module is loaded when the first name
 * from it is used. The build writes the calls (build/defer); `mayfly build --no-defer` writes none.
 */

import { answers, type Callable } from "./deferred-answers.ts";
import { lookUpErrorsLikeNode } from "./look-up-errors.ts";

type Class = new (...args: readonly unknown[]) => object;

/** What code has asked for, in that order. */
const loaded = new Map<string, object>();
/** What anybody can have got hold of, and so changed. */
const inHand = new Map<string, object>();
const waiting = new Map<string, ((module: object) => void)[]>();
let onLoad: ((builtin: string) => void) | undefined;

const getBuiltinModule: (id: string) => object | undefined = process.getBuiltinModule.bind(process);

/** Loads a module of the engine, by its name without `node:`. */
export function load(builtin: string): object {
  const known = loaded.get(builtin);
  if (known !== undefined) return known;
  const module = inHand.get(builtin) ?? getBuiltinModule(builtin);
  if (module === undefined) throw new Error(`The engine has no module "${builtin}"`);
  loaded.set(builtin, module);
  lookUpErrorsLikeNode(builtin, module);
  onLoad?.(builtin);
  settle(builtin, module);
  return module;
}

/** Names that were imported are fixed at the import, so here at the latest: the caller may be about to replace some. */
function settle(builtin: string, module: object): void {
  if (inHand.has(builtin)) return;
  inHand.set(builtin, module);
  if (builtin === "module") watchModule();
  for (const take of waiting.get(builtin) ?? []) take(module);
  waiting.delete(builtin);
}

// The ways to a module of the engine that the build doesn't see.
process.getBuiltinModule = (id: string): object | undefined => {
  const module = getBuiltinModule(id);
  if (module !== undefined) settle(bareName(id), module);
  return module;
};

function bareName(specifier: string): string {
  return specifier.startsWith("node:") ? specifier.slice("node:".length) : specifier;
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

function whenLoaded(builtin: string, take: (module: object) => void): void {
  const module = inHand.get(builtin);
  if (module !== undefined) return take(module);
  const list = waiting.get(builtin);
  if (list === undefined) waiting.set(builtin, [take]);
  else list.push(take);
}

/** `const x = require("https")` */
export function whole(builtin: string): () => object {
  return () => loaded.get(builtin) ?? load(builtin);
}

/** What is taken of a module where it is imported: its value is the one of that moment. */
export function kept<T>(builtin: string, take: (module: object) => T): () => T | undefined {
  let settled = false;
  let value: T | undefined;
  whenLoaded(builtin, (module) => {
    settled = true;
    value = take(module);
  });
  return () => {
    if (!settled) load(builtin);
    return value;
  };
}

/** `const { name } = require("https")`, `const name = https.a.name` */
export function member(builtin: string, ...path: readonly string[]): () => unknown {
  return kept(builtin, (module) => valueAt(module, path));
}

function valueAt(module: object, path: readonly string[]): unknown {
  return path.reduce((holder: unknown, name) => Reflect.get(Object(holder), name), module);
}

/** `const { sep } = require("path")`: `text`, as long as nobody can have changed it. */
export function constant(builtin: string, name: string, text: string): () => unknown {
  const module = inHand.get(builtin);
  const value: unknown = module === undefined ? text : Reflect.get(module, name);
  return () => value;
}

/** `typeof zlib.crc32`, of what is a function as long as nobody can have changed it. */
export function typeOf(builtin: string, ...path: readonly string[]): string {
  const module = inHand.get(builtin);
  return module === undefined ? "function" : typeof valueAt(module, path);
}

/** Whether nobody can have changed it. */
export function isUntouched(builtin: string): boolean {
  return !inHand.has(builtin);
}

/** `import("node:https")` */
export function importing<T>(builtin: string, read: () => T): T {
  load(builtin);
  return read();
}

/** `join(…)` after `const { join } = require("path")`, of a function that can answer some calls without its module. */
export function called(builtin: string, name: string, read: () => Callable): Callable {
  // Whoever has the module, or `fs` for `fs/promises`, may have replaced the function before this name was taken.
  const isLoaded = inHand.has(builtin) || inHand.has(builtin.split("/", 1).join());
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
  const described = { enumerable: true, configurable: true };
  for (const name of names) {
    Object.defineProperty(namespace, name, { ...described, get: (): unknown => Reflect.get(load(builtin), name) });
  }
  Object.defineProperty(namespace, "default", { ...described, get: () => load(builtin) });
  Object.defineProperty(namespace, "__esModule", { value: true });
  const take = (module: object): void => {
    for (const name of names)
      Object.defineProperty(namespace, name, { ...described, value: Reflect.get(module, name) });
  };
  whenLoaded(builtin, take);
  namespaces.push(() => {
    const module = inHand.get(builtin);
    if (module !== undefined) take(module);
  });
  return namespace;
}

/** Each takes the names anew. */
const namespaces: (() => void)[] = [];

/** `module` can get hold of all others, and have imported names follow what has become of them. */
function watchModule(): void {
  const module = process.getBuiltinModule("node:module");
  const { createRequire, syncBuiltinESMExports } = module;
  Object.assign(module, {
    createRequire: (from: string | URL) => settlingRequire(createRequire(from)),
    syncBuiltinESMExports() {
      syncBuiltinESMExports();
      for (const take of namespaces) take();
    },
  });
}

function settlingRequire(require: NodeJS.Require): NodeJS.Require {
  return new Proxy(require, {
    apply(target, self, args: [string]): unknown {
      settleNamed(args[0]);
      return Reflect.apply(target, self, args);
    },
  });
}

/** Of what the engine will be asked for. */
function settleNamed(specifier: unknown): void {
  const name = typeof specifier === "string" ? bareName(specifier) : "";
  const module = waiting.has(name) ? getBuiltinModule(name) : undefined;
  if (module !== undefined) settle(name, module);
}

const INSPECT = Symbol.for("nodejs.util.inspect.custom");
type Inspect = (value: object, options: unknown) => string;

/**
 * `new https.Agent(options)`: an agent that is made when anything is asked of it. Clients are made with their agents
 * at the start, and many never get to send anything through them.
 */
export function agent(builtin: string, read: () => Class, ...args: readonly unknown[]): object {
  if (inHand.has(builtin)) return new (read())(...args);
  const readKept = kept(builtin, read);
  const [options] = args;
  // As the constructor does: what the caller later changes in its object is no option any more.
  const copied = typeof options === "object" && options !== null ? [{ ...options }, ...args.slice(1)] : args;
  let made: object | undefined;
  const real = (): object => {
    if (made === undefined) {
      // What is no class has to fail as it does anywhere.
      made = new (readKept() ?? read())(...copied);
    }
    return made;
  };
  // For `util.inspect`, which looks behind a proxy.
  const behind = { [INSPECT]: (_depth: unknown, options: unknown, inspect: Inspect) => inspect(real(), options) };
  return new Proxy<object>(behind, {
    get: (_, key): unknown => Reflect.get(real(), key),
    set: (_, key, value) => Reflect.set(real(), key, value),
    has: (_, key) => Reflect.has(real(), key),
    deleteProperty: (_, key) => Reflect.deleteProperty(real(), key),
    ownKeys: () => Reflect.ownKeys(real()),
    getPrototypeOf: () => Reflect.getPrototypeOf(real()),
    setPrototypeOf: (_, prototype) => Reflect.setPrototypeOf(real(), prototype),
    defineProperty: (_, key, descriptor) => Reflect.defineProperty(real(), key, { ...descriptor, configurable: true }),
    getOwnPropertyDescriptor: (_, key) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(real(), key);
      // The stand-in itself has no properties, and may not claim to have fixed ones.
      return descriptor && { ...descriptor, configurable: true };
    },
  });
}
