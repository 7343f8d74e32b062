/**
 * `process._events` of Node.js, through which wrappers put themselves in front of the runtime's listeners: one listener for
 * a name is a function, several are a list.
 */
export function processEventsLikeNode(): void {
  const listenersOf = (name: string | symbol): unknown => {
    const all = process.rawListeners(name);
    return all.length > 1 ? all : all[0];
  };
  const replace = (name: string | symbol, value: unknown): boolean => {
    const listeners: readonly unknown[] = Array.isArray(value) ? value : [value];
    const on: unknown = Reflect.get(process, "on");
    process.removeAllListeners(name);
    for (const one of listeners)
      if (typeof one === "function" && typeof on === "function") Reflect.apply(on, process, [name, one]);
    return true;
  };
  const events = new Proxy<Record<string | symbol, unknown>>(
    {},
    {
      get: (_, name) => listenersOf(name),
      has: (_, name) => process.listenerCount(name) > 0,
      set: (_, name, value) => replace(name, value),
      deleteProperty: (_, name) => replace(name, []),
      ownKeys: () => process.eventNames(),
      getOwnPropertyDescriptor: (_, name) => ({
        value: listenersOf(name),
        writable: true,
        enumerable: true,
        configurable: true,
      }),
    },
  );
  Object.defineProperty(process, "_events", { value: events, writable: true, configurable: true });
}
