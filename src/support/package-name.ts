/** The package that a bare specifier, or a path below `node_modules`, is of: `@scope/name` of `@scope/name/deep/file.js`. */
export function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** The package that a file with forward slashes is installed with; `undefined` for a file of the project's own. */
export function packageOfFile(path: string): string | undefined {
  const parts = path.split("/");
  const at = parts.lastIndexOf("node_modules");
  return at < 0 ? undefined : packageName(parts.slice(at + 1).join("/"));
}
