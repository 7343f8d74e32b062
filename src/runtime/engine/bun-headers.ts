const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom");

type Inspect = (value: unknown, options: unknown) => string;
type Entry = [string, string];

/** Headers list `set-cookie` among the others, by name, as the Fetch standard says; and `util.inspect` shows what is in them. */
export function headersLikeNode(): void {
  const { prototype } = Headers;
  // oxlint-disable-next-line typescript/unbound-method -- called with a `this` below
  const { entries, keys, values, has } = prototype;
  // By name alone: the cookies keep their order.
  const sorted = (headers: Headers): Entry[] =>
    [...entries.call(headers)].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const hasCookies = (headers: Headers): boolean => has.call(headers, "set-cookie");
  /** What is set or deleted on the way is seen. */
  function* each<T>(headers: Headers, part: (entry: Entry) => T): Generator<T> {
    for (let index = 0; ; index++) {
      const entry = sorted(headers)[index];
      if (entry === undefined) return;
      yield part(entry);
    }
  }
  const replaced = {
    entries(this: Headers): Iterable<Entry> {
      return hasCookies(this) ? each(this, (entry) => entry) : entries.call(this);
    },
    keys(this: Headers): Iterable<string> {
      return hasCookies(this) ? each(this, ([name]) => name) : keys.call(this);
    },
    values(this: Headers): Iterable<string> {
      return hasCookies(this) ? each(this, ([, value]) => value) : values.call(this);
    },
    forEach(this: Headers, call: (value: string, name: string, headers: Headers) => void, self?: unknown): void {
      for (const [name, value] of replaced.entries.call(this)) Reflect.apply(call, self, [value, name, this]);
    },
  };
  const described = { writable: true, configurable: true };
  for (const [name, value] of Object.entries(replaced))
    Object.defineProperty(prototype, name, { value, enumerable: true, ...described });
  Object.defineProperty(prototype, Symbol.iterator, { value: Reflect.get(replaced, "entries"), ...described });
  const shown = function (this: Headers, _depth: number, options: unknown, inspect: Inspect): string {
    const all = sorted(this).map(([name]) => [name, this.get(name)]);
    return `Headers ${inspect(Object.fromEntries(all), options)}`;
  };
  Object.defineProperty(prototype, INSPECT, { value: shown, ...described });
}
