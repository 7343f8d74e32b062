import { taskRoot } from "./task-root.ts";

/**
 * An `import()` or `require` of what is known only when it runs, where the build has found what that can be. The build
 * writes calls of this (build/bundle/beside/variable-imports.ts).
 * @param place of the module from the task root, with `/`
 * @param known by `/` and their places, or by their packages' names
 * @param other for what isn't among them
 */
export function knownModule<T>(
  place: string,
  known: Readonly<Record<string, () => T>>,
  specifier: unknown,
  other: (specifier: unknown) => T,
): T {
  const name = typeof specifier === "string" || specifier instanceof URL ? nameOf(String(specifier), place) : "";
  const load = Object.hasOwn(known, name) ? known[name] : undefined;
  return load === undefined ? other(specifier) : load();
}

function nameOf(specifier: string, place: string): string {
  if (specifier.startsWith(".")) return inFolder(place.split("/").slice(0, -1), specifier);
  const path = specifier.startsWith("file:") ? decodeURIComponent(new URL(specifier).pathname) : specifier;
  const root = `${taskRoot()}/`;
  return path.startsWith(root) ? inFolder([], path.slice(root.length)) : specifier;
}

/** `path.join`, whose module costs a start. */
function inFolder(folder: readonly string[], relative: string): string {
  const parts = [...folder];
  for (const part of relative.replace(/\?.*$/, "").split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
