type FileClass = typeof File;

/** The engine's File has the prototype of Blob, so that every Blob is one to `instanceof`, and no File says what it is. */
export function fileClass(native: FileClass, blob: typeof Blob): FileClass {
  function construct(...given: readonly unknown[]): object {
    if (new.target === undefined) throw new TypeError("Class constructor File cannot be invoked without 'new'");
    if (given.length < 2) throw new TypeError(`2 arguments required, but only ${given.length} present.`);
    const [parts, name, options] = given;
    const file: unknown = Reflect.construct(native, [listed(parts), name, asWritten(options)], new.target);
    if (!(file instanceof native)) throw new TypeError("A constructor made no object");
    return file;
  }
  const ofBlob = (name: "name" | "lastModified"): PropertyDescriptor => ({
    get(this: unknown): unknown {
      return Reflect.get(blob.prototype, name, this);
    },
    enumerable: true,
    configurable: true,
  });
  const prototype: unknown = Object.create(blob.prototype, {
    constructor: { value: construct, writable: true, configurable: true },
    name: ofBlob("name"),
    lastModified: ofBlob("lastModified"),
    [Symbol.toStringTag]: { value: "File", configurable: true },
  });
  Object.setPrototypeOf(construct, blob);
  Object.defineProperties(construct, {
    // The bundler may give it another.
    name: { value: "File", configurable: true },
    prototype: { value: prototype, writable: false },
  });
  const made: unknown = construct;
  return isFileClass(made) ? made : native;
}

function isFileClass(value: unknown): value is FileClass {
  return typeof value === "function" && Reflect.get(value, "name") === "File";
}

/** `slice` with a type that stays what it is, and none where none is given. */
export function slicesAsSaid(prototype: Blob): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with a `this` below
  const slice = prototype.slice;
  prototype.slice = function (this: Blob, start, end, type): Blob {
    const part = slice.call(this, start, end, type === undefined ? undefined : spelled(type));
    return type === undefined ? withoutType(part) : part;
  };
}

/** `blob()` with the type that the headers say, and none where they say none. */
export function blobsAsSaid(prototype: Response | Request): void {
  // oxlint-disable-next-line typescript/unbound-method -- as above
  const read = prototype.blob;
  prototype.blob = async function (this: Response | Request): Promise<Blob> {
    const said = this.headers.get("content-type");
    const [content, { mimeType }] = await Promise.all([read.call(this), import("./mime-type.ts")]);
    const type = said === null ? "" : mimeType(said).toLowerCase();
    if (content.type === type) return content;
    if (type === "") return withoutType(content);
    // A part of nothing has no type here.
    return content.size === 0 ? new Blob([], { type }) : content.slice(0, content.size, type);
  };
}

function withoutType(blob: Blob): Blob {
  return blob.type === "" ? blob : new Blob([blob]);
}

/** Parts of a Blob as the engine takes them: Node.js takes whatever can be iterated, and a single Blob's type isn't the whole's. */
export function listed(parts: unknown): unknown {
  if (!isIterable(parts)) return parts;
  const list = Array.isArray(parts) && parts.length !== 1 ? parts : Array.from(parts);
  return list.length === 1 && list[0] instanceof Blob ? [list[0], ""] : list;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/** Options for a Blob whose type stays what it is. */
export function asWritten(options: unknown): unknown {
  if (typeof options !== "object" || options === null) return options;
  const type: unknown = Reflect.get(options, "type");
  return typeof type === "string" ? { ...options, type: spelled(type) } : options;
}

/** The engine adds a charset to the types it knows, or gives them another name; not where the first letter is a capital. It makes that small. */
function spelled(type: string): string {
  if (!/^[\u0020-\u007e]*$/.test(type)) return "";
  return type.slice(0, 1).toUpperCase() + type.slice(1);
}
