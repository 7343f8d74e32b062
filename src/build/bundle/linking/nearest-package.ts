import type { Plugin } from "rolldown";
import { dirname } from "node:path";
import { PackageTypes } from "./package-type.ts";

/**
 * Has the bundler read whether a file is an ES module in the package.json that lies nearest, as Node.js does: for what a
 * package's "exports" names it reads the package's own, and tslib's `modules/package.json` says otherwise.
 */
export function nearestPackage(): Plugin {
  const types = new PackageTypes();
  return {
    name: "mayfly-nearest-package",
    resolveId: {
      filter: { id: /^(?:@[^/]+\/)?[^./@\0:][^\0:]*$/ },
      async handler(specifier, importer, { kind, custom }) {
        if (importer === undefined) return undefined;
        const found = await this.resolve(specifier, importer, { kind, skipSelf: true, ...(custom && { custom }) });
        if (found === null || found.external !== false || found.packageJsonPath === undefined) return found;
        const path = types.manifestOf(dirname(found.id));
        // Else left as it is: the same file also says what has side effects.
        if (path === undefined || types.typeIn(path) === types.typeIn(found.packageJsonPath)) return found;
        return { ...found, packageJsonPath: path };
      },
    },
  };
}
