import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readField } from "../../../support/read-field.ts";

/**
 * Whether TypeScript makes CommonJS of a file, in which a name that is read before it is there is `undefined`: entities
 * that refer to each other, with decorators, live by that.
 */
export function becomesCommonJs(path: string): boolean {
  if (path.endsWith(".cts")) return true;
  return /\.tsx?$/.test(path) && !isModulePackage(dirname(path));
}

function isModulePackage(folder: string): boolean {
  const description = join(folder, "package.json");
  if (existsSync(description)) return readField(JSON.parse(readFileSync(description, "utf8")), "type") === "module";
  return dirname(folder) !== folder && isModulePackage(dirname(folder));
}
