export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member that is an object, or an empty one: AWS leaves maps out, or sends `null`, when there is nothing in them. */
export function objectAt(holder: JsonObject, key: string): JsonObject {
  const value = holder[key];
  return isObject(value) ? value : {};
}

export function textAt(holder: JsonObject, key: string): string | undefined {
  const value = holder[key];
  return typeof value === "string" ? value : undefined;
}
