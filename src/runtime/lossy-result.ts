/** Told at most; who sees these looks at the rest. */
const MOST = 10;
const DEEPEST = 20;

/**
 * What JSON keeps nothing of in a result, by path: `result.orders is a Map, which JSON writes as {}`. On AWS's Node.js
 * runtime it is the same, so it is no fault; whoever wonders looks with `LOGLEVEL=debug`.
 */
export function lossesOf(result: unknown): readonly string[] {
  const losses: string[] = [];
  const ancestors: object[] = [];

  const visit = (value: unknown, path: string, inArray: boolean): void => {
    if (losses.length >= MOST) return;
    const loss = lossOf(value, inArray);
    if (loss !== undefined) losses.push(`${path} is ${loss}`);
    if (typeof value !== "object" || value === null || ancestors.includes(value) || ancestors.length > DEEPEST) return;
    if ("toJSON" in value && typeof value.toJSON === "function") return;
    ancestors.push(value);
    const isArray = Array.isArray(value);
    for (const key of Object.keys(value)) {
      visit(Reflect.get(value, key), isArray ? `${path}[${key}]` : `${path}.${key}`, isArray);
    }
    ancestors.pop();
  };

  try {
    visit(result, "result", false);
  } catch {
    // A getter or a proxy: what it hides can't be told.
  }
  return losses;
}

function lossOf(value: unknown, inArray: boolean): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `${value}, which JSON writes as null`;
  if (typeof value === "function" || typeof value === "symbol") {
    return `a ${typeof value}, which JSON ${inArray ? "writes as null" : "leaves out"}`;
  }
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, type] of Object.entries(EMPTY)) {
    if (!(value instanceof type) || Object.keys(value).length > 0 || "toJSON" in value) continue;
    return `${/^[AE]/.test(name) ? "an" : "a"} ${name}, which JSON writes as {}`;
  }
  return undefined;
}

/** What they hold is in none of their own members. */
const EMPTY = { Map, Set, Error, Promise, RegExp, ArrayBuffer, WeakMap, WeakSet };
