import { readdirSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { isDirectory, isFile } from "../support/files.ts";

/** In the order they are tried. */
export const SOURCE_EXTENSIONS: readonly string[] = [".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"];

/** `src/hello` or `src/hello.ts`: the file that is there. */
export function findSource(path: string): string | undefined {
  const asWritten = SOURCE_EXTENSIONS.includes(extname(path)) ? [path] : [];
  return [...asWritten, ...SOURCE_EXTENSIONS.map((extension) => path + extension)].find(isFile);
}

/** The source files directly in a folder that could hold handlers, sorted; none if there is no such folder. */
export function sourcesIn(folder: string): string[] {
  if (!isDirectory(folder)) return [];
  return readdirSync(folder)
    .filter((name) => mayHoldHandlers(name) && isFile(join(folder, name)))
    .toSorted()
    .map((name) => join(folder, name));
}

const NOT_HANDLERS = /^[._]|\.d\.[cm]?ts$|\.(test|spec|config|stories|bench)\.[a-z]+$/;

function mayHoldHandlers(name: string): boolean {
  return SOURCE_EXTENSIONS.includes(extname(name)) && !NOT_HANDLERS.test(basename(name));
}
