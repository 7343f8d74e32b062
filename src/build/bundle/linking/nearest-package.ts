import type { Plugin } from "rolldown";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { readField } from "../../../support/read-field.ts";
import { readJson } from "../../../support/read-json.ts";

/**
 * Has the bundler read whether a file is an ES module in the package.json that lies nearest, as Node.js does: for what a
 * package's "exports" names it reads the package's own, and tslib's `modules/package.json` says otherwise.
 */
export function nearestPackage(): Plugin {
  const types = new Map<string, unknown>();
  const typeIn = (description: string): unknown => {
    if (!types.has(description)) types.set(description, readField(readJson(description), "type"));
    return types.get(description);
  };
  const nearest = new Map<string, string | undefined>();
  const above = (folder: string): string | undefined => {
    if (nearest.has(folder)) return nearest.get(folder);
    const path = join(folder, "package.json");
    const parent = dirname(folder);
    const found = existsSync(path) ? path : parent === folder ? undefined : above(parent);
    nearest.set(folder, found);
    return found;
  };
  return {
    name: "mayfly-nearest-package",
    resolveId: {
      filter: { id: /^(?:@[^/]+\/)?[^./@\0:][^\0:]*$/ },
      async handler(specifier, importer, { kind, custom }) {
        if (importer === undefined) return undefined;
        const found = await this.resolve(specifier, importer, { kind, skipSelf: true, ...(custom && { custom }) });
        if (found === null || found.external !== false || found.packageJsonPath === undefined) return found;
        const path = above(dirname(found.id));
        // Else left as it is: the same file also says what has side effects.
        if (path === undefined || typeIn(path) === typeIn(found.packageJsonPath)) return found;
        return { ...found, packageJsonPath: path };
      },
    },
  };
}
