import { PROGRAM } from "./bun-place.ts";

/** `Module._cache` doesn't list where the engine has the program: no module has such a name. */
export function moduleCacheLikeNode(): void {
  const module = process.getBuiltinModule("node:module");
  const cache: unknown = Reflect.get(module, "_cache");
  if (typeof cache !== "object" || cache === null) return;
  const isShown = (key: string | symbol): boolean => typeof key !== "string" || !key.startsWith(PROGRAM);
  const shown = new Proxy(cache, { ownKeys: (target) => Reflect.ownKeys(target).filter(isShown) });
  Reflect.set(module, "_cache", shown);
}
