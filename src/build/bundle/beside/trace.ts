import { dirname, join, sep } from "node:path";

/** What was read of a file's code is kept between the rounds of a build. */
export interface TraceCache {
  readonly cache: object;
}

/**
 * The files that modules need which run as they are installed: what they import and read, and so on, with the package.json
 * of each and links that lead to any. Absolute paths.
 */
export async function traceFiles(
  root: string,
  entries: readonly string[],
  { cache }: TraceCache,
): Promise<readonly string[]> {
  if (entries.length === 0) return [];
  // Costs 0.2 s, which most builds can do without.
  const { nodeFileTrace } = await import("@vercel/nft");
  const base = folderAround(root, entries);
  const { fileList } = await nodeFileTrace([...entries], {
    base,
    // What packages find from the current folder is of who uses them.
    processCwd: join(root, ".mayfly", "nowhere"),
    // In the engine's order: it is what resolves them.
    conditions: ["bun", "node"],
    mixedModules: true,
    ignore: (path) => !/(?:^|[\\/])node_modules[\\/]/.test(path),
    cache,
  });
  return [...fileList].map((path) => join(base, path)).toSorted();
}

function folderAround(root: string, files: readonly string[]): string {
  let folder = root;
  while (dirname(folder) !== folder && !files.every((file) => file.startsWith(folder + sep))) folder = dirname(folder);
  return folder;
}
