/** Packages whose names the engine takes for modules of its own. */
const PACKAGES: ReadonlySet<string> = new Set(["undici", "ws"]);

/**
 * What a module means by a specifier as `import` has it: the path of a file, or the name of a module of the engine's;
 * `undefined` where there is none.
 * @param folder absolute, where the module lies
 */
export function resolveFrom(specifier: string, folder: string): string | undefined {
  if (!PACKAGES.has(specifier)) return resolved(specifier, folder);
  const parent = folder.slice(0, folder.lastIndexOf("/"));
  const found = resolved(`${folder}/node_modules/${specifier}`, folder);
  return found ?? (folder === "" ? undefined : resolveFrom(specifier, parent));
}

function resolved(specifier: string, folder: string): string | undefined {
  try {
    return Bun.resolveSync(specifier, folder || "/");
  } catch {
    // It throws an error of its own class, which says no more.
    return undefined;
  }
}
