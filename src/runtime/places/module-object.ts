import { RUNTIME_MODULE } from "../../protocol/runtime-module.ts";
import { resolveFrom } from "../engine/bun-resolve.ts";

/**
 * What Node.js gives a CommonJS module besides its exports. The build writes calls of this into modules that ask for more
 * than the bundler gives them (build/bundle/linking/module-objects.ts, sloppy-modules.ts).
 */

/** As the bundler makes it, with nothing but `exports`. */
interface ModuleObject {
  exports: unknown;
  loaded?: boolean;
}

/** What a module requires by names that the build knows. */
type Known = Readonly<Record<string, () => unknown>>;

/** For those that ask whether anybody requires them. It is an ES module on Lambda, so nothing is `require.main`. */
const PARENT = { id: RUNTIME_MODULE, filename: RUNTIME_MODULE, exports: {}, loaded: true, children: [], paths: [] };

/** Nothing is evaluated anew that is deleted in here. */
const cache: NodeJS.Require["cache"] = {};
Object.setPrototypeOf(cache, null);

/** @param engine its own `require`, which looks for what isn't in the program */
export function requireOf(filename: string, engine: NodeJS.Require, known: Known = {}): NodeJS.Require {
  // As a field it keeps its name, whatever the bundler calls variables.
  const { require } = {
    require(this: void, specifier: string): unknown {
      const load = Object.hasOwn(known, specifier) ? known[specifier] : undefined;
      return load === undefined ? lookUp(specifier, filename, engine) : load();
    },
  };
  const resolve = Object.assign((specifier: string): string => resolveOf(specifier, filename), {
    paths: (specifier: string) => (isBuiltin(specifier) ? null : lookUpPaths(specifier, folderOf(filename))),
  });
  const { extensions, main } = engine;
  // A script of a server has one.
  const own = main?.filename.startsWith("/$bunfs/") === true ? undefined : main;
  return Object.assign(require, { resolve, main: own, extensions, cache });
}

/**
 * `createRequire` as Node.js has it.
 * @param engine gives its own, which loads a module of the engine
 */
export function createRequireOf(
  engine: () => (from: string | URL) => NodeJS.Require,
): (from: string | URL) => NodeJS.Require {
  return function createRequire(from) {
    const text = String(from);
    const filename = text.startsWith("file:") ? decodeURIComponent(new URL(text).pathname) : text;
    return requireOf(filename, engine()(from));
  };
}

/** Makes a module's object what it is in Node.js. */
export function describeModule<M extends ModuleObject>(module: M, filename: string, require: NodeJS.Require): M {
  const { Module } = process.getBuiltinModule("node:module");
  Object.setPrototypeOf(module, Module.prototype);
  Object.defineProperty(module, "require", { value: require, writable: true, configurable: true });
  const path = folderOf(filename);
  const paths = packageFolders(path);
  return Object.assign(module, { id: filename, path, filename, loaded: false, children: [], paths, parent: PARENT });
}

/** Evaluates a module's text as Node.js does, outside of the strict code around it. */
export function evaluateModule(
  module: ModuleObject,
  filename: string,
  text: string,
  require: NodeJS.Require,
  load: (specifier: string) => Promise<unknown>,
): void {
  const names = "exports, require, module, __filename, __dirname, $mayfly_import";
  // In one line with the beginning of the text, whose lines count. Only an indirect eval is global and so not strict.
  const source = `(function (${names}) { ${text}\n})\n//# sourceURL=${filename}`;
  // oxlint-disable-next-line no-eval -- the text is a module of the program
  const evaluate: unknown = (0, eval)(source);
  describeModule(module, filename, require);
  if (typeof evaluate !== "function") return;
  const { exports } = module;
  Reflect.apply(evaluate, exports, [exports, require, module, filename, folderOf(filename), load]);
}

function lookUp(specifier: string, filename: string, engine: NodeJS.Require): unknown {
  if (isBuiltin(specifier)) return process.getBuiltinModule(specifier);
  const asked = isRelative(specifier) ? inFolder(folderOf(filename), specifier) : specifier;
  try {
    return engine(asked);
  } catch (error) {
    if (!isNotFound(error, asked)) throw error;
    throw notFound(specifier, filename);
  }
}

function resolveOf(specifier: string, filename: string): string {
  if (isBuiltin(specifier)) return specifier;
  const found = resolveFrom(specifier, folderOf(filename));
  if (found === undefined) throw notFound(specifier, filename);
  return found;
}

function isBuiltin(specifier: unknown): specifier is string {
  if (typeof specifier !== "string") return false;
  // Without it the engine has modules that are packages in Node.js.
  const name = specifier.startsWith("node:") ? specifier : `node:${specifier}`;
  return process.getBuiltinModule(name) !== undefined;
}

function isNotFound(error: unknown, asked: string): boolean {
  if (typeof error !== "object" || error === null || Reflect.get(error, "code") !== "MODULE_NOT_FOUND") return false;
  return String(Reflect.get(error, "message")).includes(`'${asked}'`);
}

function notFound(specifier: string, filename: string): Error {
  const error = new Error(`Cannot find module '${specifier}'\nRequire stack:\n- ${filename}`);
  return Object.assign(error, { code: "MODULE_NOT_FOUND", requireStack: [filename] });
}

function isRelative(specifier: string): boolean {
  return /^\.{1,2}(?:\/|$)/.test(specifier);
}

/** `path.join`, whose module costs a start. */
function inFolder(folder: string, relative: string): string {
  const parts = folder.split("/");
  for (const part of relative.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/") || "/";
}

function lookUpPaths(specifier: string, folder: string): string[] {
  return isRelative(specifier) ? [folder] : packageFolders(folder);
}

function packageFolders(folder: string): string[] {
  const parts = folder.split("/");
  const folders = parts.map((_, index) => parts.slice(0, index + 1)).filter((at) => at.at(-1) !== "node_modules");
  return folders.map((at) => `${at.join("/")}/node_modules`).toReversed();
}

function folderOf(filename: string): string {
  return filename.slice(0, filename.lastIndexOf("/")) || "/";
}
