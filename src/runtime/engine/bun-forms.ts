/**
 * Forms as in Node.js: a Blob in one is a File, which has a name, and what comes in a body keeps the type that its part
 * says. To be called once the other types of the Fetch standard are like those of Node.js.
 */
export function formsLikeNode(): void {
  const { prototype } = FormData;
  // oxlint-disable-next-line typescript/unbound-method -- called with a `this` below
  const { append, set, get, getAll, entries, forEach } = prototype;
  const named =
    (add: typeof append) =>
    (form: FormData, given: readonly unknown[]): void => {
      const [name, value, fileName] = given;
      Reflect.apply(add, form, value instanceof Blob ? [name, ...asAdded(value, fileName)] : given);
    };
  const [appended, replaced] = [named(append), named(set)];
  Object.assign(prototype, {
    append(this: FormData, ...given: readonly unknown[]): void {
      appended(this, given);
    },
    set(this: FormData, ...given: readonly unknown[]): void {
      replaced(this, given);
    },
    get(this: FormData, name: string): unknown {
      return asFile(get.call(this, name));
    },
    getAll(this: FormData, name: string): unknown[] {
      return getAll.call(this, name).map(asFile);
    },
    *entries(this: FormData): Generator<[string, unknown]> {
      for (const [name, value] of entries.call(this)) yield [name, asFile(value)];
    },
    *values(this: FormData): Generator {
      for (const [, value] of entries.call(this)) yield asFile(value);
    },
    forEach(this: FormData, call: (value: unknown, name: string, form: FormData) => void, self?: unknown): void {
      forEach.call(this, (value, name) => {
        Reflect.apply(call, self, [asFile(value), name, this]);
      });
    },
  });
  Object.defineProperty(prototype, Symbol.iterator, {
    value: Reflect.get(prototype, "entries"),
    writable: true,
    configurable: true,
  });
  for (const message of [Response.prototype, Request.prototype]) formsAsSaid(message);
}

/** Without a name the engine sends an empty one, which servers take for no file, and a File's own stays before another. */
function asAdded(value: Blob, fileName: unknown): readonly unknown[] {
  if (!(value instanceof File)) return [value, fileName === undefined ? "blob" : fileName];
  if (fileName === undefined) return [value];
  const { type, lastModified } = value;
  // oxlint-disable-next-line typescript/no-base-to-string -- what Web IDL makes of it
  return [new File([value], String(fileName), { type, lastModified })];
}

/** What the engine keeps in a form is a Blob with a name. */
function asFile(value: unknown): unknown {
  if (!(value instanceof Blob)) return value;
  if (!(value instanceof File)) Object.setPrototypeOf(value, File.prototype);
  // An empty name is none to the engine.
  if (Reflect.get(value, "name") === undefined) Object.defineProperty(value, "name", { value: "", configurable: true });
  return value;
}

/** `formData()` of a multipart body, whose parts the engine would give types of its own. */
function formsAsSaid(prototype: Response | Request): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with a `this` below
  const read = prototype.formData;
  prototype.formData = async function (this: Response | Request): Promise<FormData> {
    const type = this.headers.get("content-type");
    if (type === null || !/^multipart\/form-data *;/i.test(type)) return read.call(this);
    const [body, { multipartForm }] = await Promise.all([this.arrayBuffer(), import("./multipart.ts")]);
    return multipartForm(Buffer.from(body), type);
  };
}
