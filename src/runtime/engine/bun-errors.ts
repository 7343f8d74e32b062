import { withoutPlace } from "./bun-place.ts";

/**
 * A module that can't be found is an `Error` in Node.js, known by its `code`, which the engine sets too; it has a class
 * of its own for them, whose name would end up in logs and be compared with.
 */
export function moduleErrorsLikeNode(): void {
  const type: unknown = Reflect.get(globalThis, "ResolveMessage");
  const prototype: unknown = typeof type === "function" ? Reflect.get(type, "prototype") : undefined;
  if (typeof prototype !== "object" || prototype === null) return;
  Object.defineProperty(prototype, "name", { value: "Error", writable: true, configurable: true, enumerable: false });
  Reflect.set(prototype, "constructor", Error);
  const text = function (this: Error): string {
    return `Error: ${withoutPlace(this.message)}`;
  };
  Reflect.set(prototype, "toString", text);
  Object.defineProperty(prototype, Symbol.toPrimitive, { value: text, configurable: true });
  Reflect.set(prototype, "toJSON", function (this: object): object {
    const code: unknown = Reflect.get(this, "code");
    return { code };
  });
}
