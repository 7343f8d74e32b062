import { dirname, join } from "node:path";
import { isFile } from "./files.ts";

/** Where Node.js finds a package that a module in `from` asks for, through links; `undefined` where there is none. */
export function installedFolder(name: string, from: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, "node_modules", name);
    if (isFile(join(folder, "package.json"))) return folder;
    if (dirname(at) === at) return undefined;
  }
}
