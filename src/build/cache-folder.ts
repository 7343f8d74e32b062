import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** `MAYFLY_CACHE_DIR`, else `mayfly` in the user's cache folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  if (environment["MAYFLY_CACHE_DIR"]) return resolve(environment["MAYFLY_CACHE_DIR"]);
  return join(environment["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "mayfly");
}
