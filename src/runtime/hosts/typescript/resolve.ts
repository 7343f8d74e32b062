import { ELIXIR_PREFIX, handlerMeaning, splitSetting } from "../../../protocol/handler-string.ts";
import type { ErrorDocument } from "../../../protocol/error-document.ts";
import { isStreamified } from "./awslambda-global.ts";
import { describeError } from "../../describe-error.ts";
import type { FetchApp, FunctionHandler, ModuleTable, NodeApp, StreamedHandler } from "../exported.ts";

export type Resolution =
  | { readonly kind: "handler"; readonly handler: FunctionHandler; readonly name: string }
  | { readonly kind: "streamed"; readonly handler: StreamedHandler; readonly name: string }
  | { readonly kind: "app"; readonly app: FetchApp; readonly name: string }
  | { readonly kind: "server"; readonly server: NodeApp; readonly name: string }
  | { readonly kind: "failed"; readonly document: ErrorDocument };

/**
 * Finds the handler that `_HANDLER` names, as AWS's Node.js runtime would: `directory/module.export.path`, the
 * module's named exports before those of its default export. The directory may be left out where only one module
 * has that name. What has `fetch` is an HTTP handler, be it an object or a function, and so is a server that can
 * `listen`, or the promise of either. Evaluates that module and no other.
 */
export async function resolveHandler(
  setting: string,
  modules: ModuleTable,
  known: readonly string[],
): Promise<Resolution> {
  if (setting.startsWith(ELIXIR_PREFIX)) {
    return notFound(`"${setting}" names an Elixir function, and this package has no Elixir application in it`, known);
  }
  const readings = splitSetting(setting);
  if (readings.length === 0) {
    return failed(
      "Runtime.MalformedHandlerName",
      `Handler "${setting.slice(0, SHOWN_CHARACTERS)}" is not of the form file.export, as in "src/hello.handle".${listed(known)}`,
    );
  }
  const meant = handlerMeaning(readings, Object.keys(modules));
  if (meant === undefined) {
    const whole = `${ELIXIR_PREFIX}${setting}`;
    const near = known.includes(whole) ? ` Did you mean ${whole}?` : "";
    return notFound(`no module "${readings.at(-1)?.module ?? setting}" was built into this package`, known, near);
  }
  const { exportPath } = meant;
  const [name, ...others] = meant.modules;
  if (others.length > 0) {
    return notFound(`"${meant.module}" can be any of ${meant.modules.join(", ")}: write the whole path`, known);
  }
  const namespace = await loadModule(name, modules);
  if (namespace.kind === "failed") return namespace;
  const found = await findExport(namespace.value, exportPath);
  if (found.kind === "handler" || found.kind === "streamed" || found.kind === "app" || found.kind === "server")
    return { ...found, name: `${name}.${exportPath.join(".")}` };
  if (found.kind === "rejected") return initFailed(found.thrown, `the promise of ${setting} was rejected`);
  return notFound(`${found.problem} in ${name}, which exports ${exportsOf(namespace.value)}`, known);
}

/** Of a setting that is none: Lambda's own limit. */
const SHOWN_CHARACTERS = 128;

type Loaded = { readonly kind: "loaded"; readonly value: unknown } | (Resolution & { readonly kind: "failed" });

async function loadModule(name: string, modules: ModuleTable): Promise<Loaded> {
  const load = modules[name];
  if (load === undefined) throw new Error(`The module table lost ${name}`);
  try {
    return { kind: "loaded", value: await load() };
  } catch (thrown) {
    const document = describeError(thrown);
    const missing = /Cannot find (?:package|module)/.test(document.errorMessage);
    return {
      kind: "failed",
      document: {
        ...document,
        errorType: missing ? "Runtime.ImportModuleError" : document.errorType,
        errorMessage: `Initialization error: loading ${name} failed: ${reasonOf(document)}`,
      },
    };
  }
}

/** As Node.js words it, a failed `fetch` doesn't say of what; its cause does. */
function reasonOf({ errorMessage, cause }: ErrorDocument): string {
  return errorMessage === "fetch failed" && cause !== undefined
    ? `${errorMessage}: ${cause.errorMessage}`
    : errorMessage;
}

type Found =
  | { readonly kind: "handler"; readonly handler: FunctionHandler }
  | { readonly kind: "streamed"; readonly handler: StreamedHandler }
  | { readonly kind: "app"; readonly app: FetchApp }
  | { readonly kind: "server"; readonly server: NodeApp }
  | { readonly kind: "rejected"; readonly thrown: unknown }
  | { readonly kind: "missing"; readonly problem: string };

async function findExport(namespace: unknown, path: readonly string[]): Promise<Found> {
  for (const root of [namespace, member(namespace, "default")]) {
    let owner: unknown = undefined;
    let value: unknown = root;
    for (const key of path) {
      owner = value;
      value = member(value, key);
    }
    if (value instanceof Promise) {
      try {
        value = await value;
      } catch (thrown) {
        return { kind: "rejected", thrown };
      }
    }
    // Apps may be functions, as Express's and GraphQL Yoga's are; so what else they have is asked before. The mark of a
    // streamed handler was set on purpose, whatever else it has.
    const isMarked = isFunction(value) && isStreamified(value);
    if (!isMarked && isFetchApp(value)) return { kind: "app", app: value };
    if (!isMarked && isNodeApp(value)) return { kind: "server", server: value };
    if (isFunction(value)) {
      if (isClass(value))
        return { kind: "missing", problem: `"${path.join(".")}" is a class, to be exported as an instance,` };
      // A method of an exported object may use `this`; a module namespace is nobody's `this`.
      const call = owner === namespace ? value : value.bind(owner);
      if (isStreamified(value)) return { kind: "streamed", handler: { call, marked: value } };
      return { kind: "handler", handler: { call, written: value } };
    }
    if (value !== undefined)
      return { kind: "missing", problem: `"${path.join(".")}" is ${typeName(value)}, not a function,` };
  }
  return { kind: "missing", problem: `there is no export "${path.join(".")}"` };
}

function isFunction(value: unknown): value is (...parameters: unknown[]) => unknown {
  return typeof value === "function";
}

/** No other function has a `prototype` that can't be replaced. */
function isClass(value: object): boolean {
  return Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
}

/** Functions too, such as GraphQL Yoga's; but none of whose `fetch` is no function. */
function isFetchApp(value: unknown): value is FetchApp {
  return isFunction(member(value, "fetch"));
}

function isNodeApp(value: unknown): value is NodeApp {
  return isFunction(member(value, "listen"));
}

function member(value: unknown, key: string): unknown {
  if ((typeof value !== "object" || value === null) && typeof value !== "function") return undefined;
  // `constructor` and a function's `call` are no exports.
  return Object.hasOwn(value, key) || !(key in commonTo(value)) ? Reflect.get(value, key) : undefined;
}

/** What every such value has from the language. */
function commonTo(value: object): object {
  const classes: readonly { readonly prototype: object }[] = [Function, Array, Promise];
  for (const { prototype } of classes) if (prototype.isPrototypeOf(value)) return prototype;
  return Object.prototype;
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  const name = Array.isArray(value) ? "array" : typeof value;
  return `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}

function exportsOf(namespace: unknown): string {
  const names = typeof namespace === "object" && namespace !== null ? Object.keys(namespace) : [];
  return names.length > 0 ? names.join(", ") : "nothing";
}

function initFailed(thrown: unknown, what: string): Resolution {
  const document = describeError(thrown);
  const errorMessage = `Initialization error: ${what}: ${document.errorMessage}`;
  return { kind: "failed", document: { ...document, errorMessage } };
}

function notFound(problem: string, known: readonly string[], near = ""): Resolution {
  return failed("Runtime.HandlerNotFound", `Handler not found: ${problem}.${near}${listed(known)}`);
}

function listed(known: readonly string[]): string {
  return known.length > 0 ? ` This package has: ${known.join(", ")}.` : "";
}

function failed(errorType: string, errorMessage: string): Resolution {
  return { kind: "failed", document: { errorType, errorMessage, stackTrace: [] } };
}
