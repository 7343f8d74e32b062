import { dirname, join, resolve, sep } from "node:path";
import { mayflySource } from "./mayfly-sources.ts";

/**
 * A server may import from "mayfly", installed or not. As for functions, its sources appear inside the project, so that
 * where Mayfly is installed doesn't show in the output.
 */
export function mayflyForServers(root: string): Bun.BunPlugin {
  const home = join(root, "node_modules", "mayfly", "src");
  const isOwn = (path: string): boolean => path.startsWith(home + sep);
  return {
    name: "mayfly-for-servers",
    setup(build) {
      build.onResolve({ filter: /^mayfly(?:\/(?:http|events))?$/ }, ({ path }) => ({
        path: join(home, "public", `${path.slice("mayfly/".length) || "index"}.ts`),
      }));
      // The sources import each other by paths that end in .ts.
      build.onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path, importer }) => {
        const target = resolve(dirname(importer), path);
        return isOwn(importer) && isOwn(target) ? { path: target } : undefined;
      });
      build.onLoad({ filter: /[\\/]node_modules[\\/]mayfly[\\/]src[\\/]/ }, ({ path }) =>
        isOwn(path) ? { contents: mayflySource(home, path), loader: "ts" } : undefined,
      );
    },
  };
}
