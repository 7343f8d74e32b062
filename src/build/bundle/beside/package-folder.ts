import { join, sep } from "node:path";
import { packageName } from "../../../support/package-name.ts";
import { readJson } from "../../../support/read-json.ts";

const MODULES = `${sep}node_modules${sep}`;

/** The folder of the package that a file is installed with; `undefined` for a file of the project's own. */
export function folderOfPackage(file: string): string | undefined {
  const at = file.lastIndexOf(MODULES);
  if (at < 0) return undefined;
  const inside = at + MODULES.length;
  return file.slice(0, inside) + packageName(file.slice(inside).split(sep).join("/")).split("/").join(sep);
}

/** The `node_modules` that a package's folder lies in. */
export function modulesFolder(folder: string): string {
  return folder.slice(0, folder.lastIndexOf(MODULES) + MODULES.length - 1);
}

/** A folder's package.json; `undefined` where there is none that can be read. */
export function manifestIn(folder: string): unknown {
  return readJson(join(folder, "package.json"));
}
