import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { folderFault } from "../support/folder-fault.ts";
import { isDirectory } from "../support/files.ts";
import { removeLeftOvers } from "../support/left-over.ts";

/** `MAYFLY_CACHE_DIR`, else `mayfly` in the user's cache folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  if (environment["MAYFLY_CACHE_DIR"]) return resolve(environment["MAYFLY_CACHE_DIR"]);
  return join(environment["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "mayfly");
}

/**
 * Does what writes to the cache.
 * @throws Fault MAYFLY_FOLDER where the cache is what fails
 */
export function writeToCache<T>(write: () => T): T {
  try {
    return write();
  } catch (cause) {
    const folder = {
      name: `The cache folder ${cacheFolder(process.env)}`,
      need: "What is fetched is kept there, such as the engine for another architecture (90 MB). Make room or correct it, or name another with MAYFLY_CACHE_DIR.",
    };
    throw folderFault(folder, cause) ?? cause;
  }
}

/** What killed builds have left there unfinished. */
export function cleanCache(): void {
  const cache = cacheFolder(process.env);
  if (!isDirectory(cache)) return;
  for (const entry of readdirSync(cache, { withFileTypes: true })) {
    if (entry.isDirectory()) removeLeftOvers(join(cache, entry.name));
  }
}
