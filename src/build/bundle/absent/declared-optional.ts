import { dirname, join } from "node:path";
import { packageName } from "../../../support/package-name.ts";
import { readField } from "../../../support/read-field.ts";
import { readJson } from "../../../support/read-json.ts";

/**
 * Whether an import is of a package that its importer declares as optional: `peerDependenciesMeta` or
 * `optionalDependencies` of its package.json. Such a package tries the import and goes on without; NestJS, TypeORM, pg and
 * many database clients do.
 */
export function isDeclaredOptional(specifier: string, importer: string): boolean {
  const wanted = packageName(specifier);
  const folder = packageFolder(dirname(importer));
  const manifest = folder === undefined ? undefined : readJson(join(folder, "package.json"));
  return (
    readField(readField(readField(manifest, "peerDependenciesMeta"), wanted), "optional") === true ||
    readField(readField(manifest, "optionalDependencies"), wanted) !== undefined
  );
}

/** The nearest folder with a package.json that has a name, which those that only say `"type"` lack. */
export function packageFolder(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (readField(readJson(join(at, "package.json")), "name") !== undefined) return at;
    if (dirname(at) === at) return undefined;
  }
}
