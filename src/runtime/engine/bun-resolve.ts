/**
 * What a module means by a specifier as `import` has it: the path of a file, or the name of a module of the engine's;
 * `undefined` where there is none.
 * @param folder absolute, where the module lies
 */
export function resolveFrom(specifier: string, folder: string): string | undefined {
  try {
    return Bun.resolveSync(specifier, folder);
  } catch {
    // It throws an error of its own class, which says no more.
    return undefined;
  }
}
