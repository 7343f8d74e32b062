/** An object of which nothing is known but that it has fields: parsed JSON, a value of a config. */
export type Fields = Readonly<Record<string, unknown>>;

/** A list has none that count. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field of something parsed or thrown, whose shape is not known; `undefined` where it has none or is no object. */
export function readField(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
