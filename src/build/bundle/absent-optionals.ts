import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageName } from "../../support/package-name.ts";
import { readField } from "../../support/read-field.ts";

/**
 * Whether an import is of a package that its importer declares as optional: `peerDependenciesMeta` or
 * `optionalDependencies` of its package.json. Such a package tries the import and goes on without; NestJS, TypeORM, pg and
 * many database clients do.
 */
export function isDeclaredOptional({ specifier, importer }: { specifier: string; importer: string }): boolean {
  if (!/[\\/]node_modules[\\/]/.test(importer)) return false;
  const wanted = packageName(specifier);
  const manifest = manifestOf(dirname(importer));
  return (
    readField(readField(readField(manifest, "peerDependenciesMeta"), wanted), "optional") === true ||
    readField(readField(manifest, "optionalDependencies"), wanted) !== undefined
  );
}

/** The package.json with a name, which those that only say `"type"` lack. */
function manifestOf(folder: string): unknown {
  for (let at = folder; dirname(at) !== at; at = dirname(at)) {
    const manifest = readJson(join(at, "package.json"));
    if (readField(manifest, "name") !== undefined) return manifest;
  }
  return undefined;
}

function readJson(path: string): unknown {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return value;
  } catch {
    // Not there, or nothing that could declare anything: the import is then told as missing.
    return undefined;
  }
}
