import { dirname } from "node:path";
import { PackageTypes } from "./package-type.ts";

/**
 * Whether TypeScript makes CommonJS of a file, in which a name that is read before it is there is `undefined`: entities
 * that refer to each other, with decorators, live by that.
 */
export function becomesCommonJs(path: string): boolean {
  if (path.endsWith(".cts")) return true;
  return /\.tsx?$/.test(path) && new PackageTypes().typeOf(dirname(path)) !== "module";
}
