/** The runtime's own executable in a package with Elixir, where `bootstrap` is the launcher: launcher/launcher.c. */
const LAUNCHED = "/beam/engine";

/** The package's folder, as the path of the running executable shows it. */
export function packageRoot(execPath: string): string {
  return execPath.slice(0, execPath.endsWith(LAUNCHED) ? -LAUNCHED.length : execPath.lastIndexOf("/"));
}

/** What Lambda starts. */
export function bootstrapPath(execPath: string): string {
  return execPath.endsWith(LAUNCHED) ? `${packageRoot(execPath)}/bootstrap` : execPath;
}
