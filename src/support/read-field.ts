/** A field of something parsed or thrown, whose shape is not known; `undefined` where it has none or is no object. */
export function readField(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
