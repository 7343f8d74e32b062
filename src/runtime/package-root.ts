import { ENGINE_FILE, RELEASE_FOLDER } from "../protocol/release-place.ts";

const LAUNCHED = `/${RELEASE_FOLDER}/${ENGINE_FILE}`;

export function isLaunched(execPath: string): boolean {
  return execPath.endsWith(LAUNCHED);
}

/** The package's folder, as the path of the running executable shows it. */
export function packageRoot(execPath: string): string {
  return execPath.slice(0, isLaunched(execPath) ? -LAUNCHED.length : execPath.lastIndexOf("/"));
}

/** What Lambda starts. */
export function bootstrapPath(execPath: string): string {
  return isLaunched(execPath) ? `${packageRoot(execPath)}/bootstrap` : execPath;
}
