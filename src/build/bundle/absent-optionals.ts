import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageName } from "../../support/package-name.ts";
import { readField } from "../../support/read-field.ts";

/** What the engine's resolver did not find, and where it is imported. */
interface Missing {
  readonly specifier: string;
  readonly importer: string;
}

/**
 * The imports that a failed build misses, if all of them are of packages that their importer declares as optional and
 * the user has not installed: `peerDependenciesMeta` or `optionalDependencies` of its package.json. Such a package
 * tries the import and goes on without; NestJS, TypeORM, pg and many database clients do. Left out of the bundle,
 * the import fails at run time as it does in Node.js.
 * @param thrown what the bundler threw
 * @returns `undefined` if anything else went wrong too
 */
export function absentOptionals(thrown: unknown): readonly string[] | undefined {
  const messages = thrown instanceof AggregateError ? thrown.errors : [thrown];
  const specifiers = new Set<string>();
  for (const message of messages) {
    const missing = readMissing(message);
    if (missing === undefined || !isDeclaredOptional(missing)) return undefined;
    specifiers.add(missing.specifier);
  }
  return [...specifiers].toSorted();
}

function readMissing(message: unknown): Missing | undefined {
  if (readField(message, "name") !== "ResolveMessage") return undefined;
  const specifier = readField(message, "specifier");
  const importer = readField(readField(message, "position"), "file");
  return typeof specifier === "string" && typeof importer === "string" ? { specifier, importer } : undefined;
}

function isDeclaredOptional({ specifier, importer }: Missing): boolean {
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
