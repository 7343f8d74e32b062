/**
 * The engine's `JSON.stringify` looks for each object among all that contain it as soon as they are some 25,000: seconds,
 * and then it fails. Node.js fails at some 5,000.
 */
export const MAX_NESTING = 10_000;

/** No ordinary result has as many levels, so only what has is looked at as a whole. */
const SUSPICIOUS = 200;

/** Of each level: a look at an ordinary result must cost next to nothing. */
const LOOKED_AT = { objects: 4, members: 64 };

/** Whether something lies deeper in `value` than JSON can be written of. What leads back into itself is not deep. */
export function isNestedTooDeep(value: unknown): boolean {
  try {
    return goesOn(value) && hasDeepLevel(value);
  } catch {
    // A member that can't be read, which whoever writes JSON tells.
    return false;
  }
}

function goesOn(root: unknown): boolean {
  let level: readonly object[] = isObject(root) ? [root] : [];
  for (let depth = 0; depth < SUSPICIOUS; depth++) {
    const next: object[] = [];
    for (const value of level) {
      addObjects(value, LOOKED_AT.members, next);
      if (next.length >= LOOKED_AT.objects) break;
    }
    if (next.length === 0) return false;
    level = next.length > LOOKED_AT.objects ? next.slice(0, LOOKED_AT.objects) : next;
  }
  return true;
}

function hasDeepLevel(root: unknown): boolean {
  const seen = new Set<object>();
  let level: readonly object[] = isObject(root) ? [root] : [];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_NESTING) return true;
    const next: object[] = [];
    for (const value of level) {
      if (seen.has(value)) continue;
      seen.add(value);
      addObjects(value, Infinity, next);
    }
    level = next;
  }
  return false;
}

function addObjects(value: object, most: number, found: object[]): void {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    for (let index = 0; index < items.length && index < most; index++) {
      const item = items[index];
      if (isObject(item)) found.push(item);
    }
    return;
  }
  let count = 0;
  for (const key in value) {
    if (++count > most) return;
    const member: unknown = Reflect.get(value, key);
    if (isObject(member)) found.push(member);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
