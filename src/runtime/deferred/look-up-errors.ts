/**
 * A name that can't be looked up is an `Error` in Node.js, known by its `code`. The engine has another name for it, which
 * would end up in logs, and numbers of its own.
 */

type Method = (this: unknown, ...args: readonly unknown[]) => unknown;
type Wrap = (call: (args: readonly unknown[]) => unknown, args: readonly unknown[]) => unknown;

/** Of Node.js, which numbers what it gets from the system; no others. */
const NUMBERS: ReadonlyMap<unknown, number> = new Map([
  ["ENOTFOUND", -3008],
  ["EAI_AGAIN", -3001],
]);
const LOOKS_UP = /^(?:lookup|resolve|reverse)/;
/** Their errors are those of sockets. */
const OVER_SOCKETS: ReadonlySet<string> = new Set(["net", "tls", "http", "https", "http2"]);

/** What `promisify` makes of a function. */
const PROMISIFIED: unique symbol = Symbol.for("nodejs.util.promisify.custom");

const done = new Set<unknown>();

/** To be called with each module of the engine that is loaded, by its name without `node:`. */
export function lookUpErrorsLikeNode(builtin: string, module: object): void {
  if (builtin === "dns") {
    wrapLookUps(module, withCallback);
    wrapLookUps(Reflect.get(module, "promises"), withPromise);
  } else if (builtin === "dns/promises") wrapLookUps(module, withPromise);
  else if (OVER_SOCKETS.has(builtin)) wrapErrors(Reflect.get(asObject(process.getBuiltinModule("net")), "Socket"));
}

function wrapLookUps(module: unknown, wrap: Wrap): void {
  if (done.has(module)) return;
  done.add(module);
  for (const holder of [asObject(module), prototypeOf(Reflect.get(asObject(module), "Resolver"))]) {
    for (const name of Object.getOwnPropertyNames(holder)) {
      const known: unknown = LOOKS_UP.test(name) ? Reflect.get(holder, name) : undefined;
      if (typeof known === "function") put(holder, name, replacing(known, wrap));
    }
  }
}

// oxlint-disable-next-line typescript/no-unsafe-function-type -- of which nothing is known but that it can be called
function replacing(known: Function, wrap: Wrap): Method {
  const replacement: Method = function (this: unknown, ...given) {
    return wrap((args) => Reflect.apply(known, this, args), given);
  };
  Object.defineProperties(replacement, Object.getOwnPropertyDescriptors(known));
  const promised: unknown = Reflect.get(known, PROMISIFIED);
  if (typeof promised === "function") put(replacement, PROMISIFIED, replacing(promised, withPromise));
  return replacement;
}

function put(holder: object, name: string | symbol, value: Method): void {
  Object.defineProperty(holder, name, { ...Object.getOwnPropertyDescriptor(holder, name), value });
}

function withCallback(call: (args: readonly unknown[]) => unknown, args: readonly unknown[]): unknown {
  const callback = args.at(-1);
  if (typeof callback !== "function") return call(args);
  const told = (error: unknown, ...others: readonly unknown[]): unknown =>
    Reflect.apply(callback, undefined, [likeNode(error, args[0]), ...others]);
  return call([...args.slice(0, -1), told]);
}

function withPromise(call: (args: readonly unknown[]) => unknown, args: readonly unknown[]): unknown {
  const answer = call(args);
  if (!(answer instanceof Promise)) return answer;
  return answer.catch((error: unknown) => {
    throw likeNode(error, args[0]);
  });
}

function wrapErrors(type: unknown): void {
  if (done.has(type)) return;
  done.add(type);
  const prototype = prototypeOf(type);
  const emit: unknown = Reflect.get(prototype, "emit");
  if (typeof emit !== "function") return;
  const value = function (this: unknown, ...args: readonly unknown[]): unknown {
    if (args[0] === "error") likeNode(args[1], undefined);
    return Reflect.apply(emit, this, args);
  };
  Object.defineProperty(prototype, "emit", { value, writable: true, configurable: true });
}

function prototypeOf(type: unknown): object {
  return asObject(Reflect.get(asObject(type), "prototype"));
}

function asObject(value: unknown): object {
  return (typeof value === "object" && value !== null) || typeof value === "function" ? value : {};
}

/** @param name that was looked up, if it is known */
function likeNode(error: unknown, name: unknown): unknown {
  if (!(error instanceof Error) || error.name !== "DNSException") return error;
  Reflect.deleteProperty(error, "name");
  Reflect.set(error, "errno", NUMBERS.get(Reflect.get(error, "code")));
  if (typeof name === "string" && Reflect.get(error, "hostname") === undefined) {
    if (!error.message.endsWith(name)) error.message += ` ${name}`;
    Reflect.set(error, "hostname", name);
  }
  // From a callback it has none.
  if (error.stack === undefined) Error.captureStackTrace(error, likeNode);
  return error;
}
