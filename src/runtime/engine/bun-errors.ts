import { withoutPlace } from "./bun-place.ts";

/**
 * A module that can't be found is an `Error` in Node.js, known by its `code`, which the engine sets too, and one that can't
 * be read a `SyntaxError`. The engine has classes of its own for both, whose names would end up in logs and be compared with.
 */
export function moduleErrorsLikeNode(): void {
  rename("ResolveMessage", Error, function (this: object): object {
    return { code: field(this, "code") };
  });
  const unreadable = rename("BuildMessage", SyntaxError, () => ({}));
  if (unreadable === undefined) return;
  Object.setPrototypeOf(unreadable, SyntaxError.prototype);
  Object.defineProperty(unreadable, "stack", { get: placeInFile, configurable: true });
}

/** @returns the class's prototype */
function rename(className: string, as: ErrorConstructor, toJson: () => object): object | undefined {
  const type: unknown = Reflect.get(globalThis, className);
  const prototype: unknown = typeof type === "function" ? Reflect.get(type, "prototype") : undefined;
  if (typeof prototype !== "object" || prototype === null) return undefined;
  const text = function (this: object): string {
    return `${as.name}: ${withoutPlace(String(field(this, "message")))}`;
  };
  Object.defineProperty(prototype, "name", { value: as.name, writable: true, configurable: true, enumerable: false });
  Object.defineProperty(prototype, Symbol.toStringTag, { value: as.name, configurable: true });
  Object.defineProperty(prototype, Symbol.toPrimitive, { value: text, configurable: true });
  Reflect.set(prototype, "constructor", as);
  Reflect.set(prototype, "toString", text);
  Reflect.set(prototype, "toJSON", toJson);
  return prototype;
}

function placeInFile(this: object): string {
  const position = field(this, "position");
  const [file, line, column] = ["file", "line", "column"].map((name) => String(field(position, name)));
  return `SyntaxError: ${String(field(this, "message"))}\n    at ${file}:${line}:${column}`;
}

function field(holder: unknown, name: string): unknown {
  return typeof holder === "object" && holder !== null ? Reflect.get(holder, name) : undefined;
}
