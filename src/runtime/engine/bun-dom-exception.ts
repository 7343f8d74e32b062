/** What the engine says otherwise than Node.js, whose words are compared with. */
const MESSAGES: ReadonlyMap<unknown, string> = new Map([
  ["The operation was aborted.", "This operation was aborted"],
  ["The operation timed out.", "The operation was aborted due to timeout"],
]);

/**
 * Gives a `DOMException`, which is what an abort, a timeout and `structuredClone` fail with, a stack as other errors have it
 * and the words of Node.js. The engine gives one that is made no stack, and one of its own the frames of its engine, in
 * three fields more that end up in logs.
 */
export function domExceptionsLikeNode(): void {
  const exception = DOMException;
  const { prototype } = exception;
  globalThis.DOMException = new Proxy(exception, {
    construct: (target, given: readonly unknown[], by) => {
      const made: unknown = Reflect.construct(target, given, by);
      if (typeof made !== "object" || made === null) throw new TypeError("A constructor made no object");
      Error.captureStackTrace(made);
      return made;
    },
  });
  prototype.constructor = globalThis.DOMException;
  replaceGetter(prototype, "message", (message) => MESSAGES.get(message) ?? message);
  replaceGetter(AbortSignal.prototype, "reason", (reason) => likeNode(reason));

  // oxlint-disable-next-line typescript/unbound-method -- called with a `this` below
  const { abort } = AbortController.prototype;
  AbortController.prototype.abort = function (this: AbortController, ...given): void {
    abort.apply(this, given);
    likeNode(this.signal.reason);
  };
  // oxlint-disable-next-line typescript/unbound-method -- as above
  const { throwIfAborted } = AbortSignal.prototype;
  AbortSignal.prototype.throwIfAborted = function (this: AbortSignal): void {
    orLikeNode(() => throwIfAborted.call(this));
  };
  const { structuredClone: clone, atob: decode } = globalThis;
  globalThis.structuredClone = <T>(value: T, options?: StructuredSerializeOptions): T =>
    orLikeNode(() => clone(value, options));
  globalThis.atob = (data) => orLikeNode(() => decode(data));
}

function orLikeNode<T>(run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    throw likeNode(thrown);
  }
}

/**
 * Whatever it is; one that has a stack of the user's keeps it.
 * @param here made where the user's code is, if that isn't where this is called from
 */
export function likeNode<T>(thrown: T, here?: Error): T {
  if (!(thrown instanceof DOMException)) return thrown;
  const stack: unknown = Reflect.get(thrown, "stack");
  if (stack !== undefined && stack !== "" && !Object.hasOwn(thrown, "sourceURL")) return thrown;
  for (const field of ["line", "column", "sourceURL"]) Reflect.deleteProperty(thrown, field);
  if (here === undefined) Error.captureStackTrace(thrown);
  else {
    const value = String(here.stack).replace(/^.*/, () => String(thrown));
    Object.defineProperty(thrown, "stack", { value, writable: true, configurable: true });
  }
  return thrown;
}

function replaceGetter(prototype: object, name: string, change: (value: unknown) => unknown): void {
  const known = Object.getOwnPropertyDescriptor(prototype, name);
  if (known?.get === undefined) return;
  Object.defineProperty(prototype, name, {
    ...known,
    get(this: unknown): unknown {
      return change(known.get?.call(this));
    },
  });
}
