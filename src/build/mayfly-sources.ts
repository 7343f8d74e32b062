import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Entry } from "../project/types.ts";

/** The module that starts the runtime with the project's entries. It exists only during the build. */
export const ENTRY_SPECIFIER = "mayfly:entry";

/** By name rather than by path: the generated module has no folder of its own to count from. */
const MODULE_SPECIFIER = "mayfly:module/";

const PACKAGE_SOURCES: string = resolve(import.meta.dirname, "..");

/**
 * Makes Mayfly's own sources appear inside the project, at `node_modules/mayfly/src`: chunk names and
 * source maps hold paths relative to the project, so that where Mayfly is installed must not show in
 * the output. It also answers `import … from "mayfly"` with this very version, installed or not.
 */
export function mayflySources(
  root: string,
  entries: readonly Entry[],
  /** The handler strings of the entries, for the messages of the runtime. */
  handlers: readonly string[],
): Bun.BunPlugin {
  const home = join(root, "node_modules", "mayfly", "src");
  const entryFile = join(home, "entry.ts");
  const isOwn = (path: string): boolean => path.startsWith(home + sep);
  return {
    name: "mayfly-sources",
    setup(build) {
      build.onResolve({ filter: /^mayfly:entry$/ }, () => ({ path: entryFile }));
      build.onResolve({ filter: /^mayfly$/ }, () => ({ path: join(home, "index.ts") }));
      build.onResolve({ filter: /^mayfly:module\// }, ({ path }) => {
        const entry = entries.find(({ module }) => MODULE_SPECIFIER + module === path);
        return entry === undefined ? undefined : { path: entry.file };
      });
      // The sources import each other by paths that end in .ts.
      build.onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path, importer }) => {
        const target = resolve(dirname(importer), path);
        return isOwn(importer) && isOwn(target) ? { path: target } : undefined;
      });
      build.onLoad({ filter: /[\\/]node_modules[\\/]mayfly[\\/]src[\\/]/ }, ({ path }) => {
        if (!isOwn(path)) return undefined;
        if (path === entryFile) return { contents: entrySource(entries, handlers), loader: "ts" };
        return { contents: readFileSync(join(PACKAGE_SOURCES, relative(home, path)), "utf8"), loader: "ts" };
      });
    },
  };
}

function entrySource(entries: readonly Entry[], handlers: readonly string[]): string {
  const modules = entries.map(
    ({ module }) => `  ${JSON.stringify(module)}: () => import(${JSON.stringify(MODULE_SPECIFIER + module)}),\n`,
  );
  return `import { startRuntime } from "./runtime/bootstrap.ts";\nstartRuntime({\n${modules.join("")}}, ${JSON.stringify(handlers)});\n`;
}
