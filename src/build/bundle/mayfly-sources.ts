import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Entry } from "../../project/types.ts";
import { ORDER_VARIABLE } from "./bytecode-order.ts";
import { helperSource } from "./defer/helper-source.ts";
import type { Profile } from "./defer/profile.ts";
import type { ProgramSettings } from "../../protocol/program-settings.ts";
import { VERSION } from "../../version.ts";

/** The module that starts the runtime with the project's entries. It exists only during the build. */
export const ENTRY_SPECIFIER = "mayfly:entry";

/** What the sources say about themselves once all are read. */
export const FINDINGS_SPECIFIER = "mayfly:findings";

/** What the generated entry starts the runtime with. */
export interface EntryProgram extends Omit<ProgramSettings, "findings"> {
  readonly entries: readonly Entry[];
  /** What each entry loads of the engine once it is evaluated; only where imports are deferred. */
  readonly preload: Profile;
}

/** What a recording artifact logs for each module of the engine that it loads, followed by its name. */
export const LOADED_MARK = "mayfly:loaded ";

/** In the project's root, a real folder, so that the engine finds the entries as it finds any import, tsconfig included. */
const ENTRY_NAME = ".mayfly-entry.ts";

const PACKAGE_SOURCES: string = resolve(import.meta.dirname, "..", "..");

/**
 * Makes Mayfly's own sources appear inside the project, at `node_modules/mayfly/src`: chunk names and
 * source maps hold paths relative to the project, so that where Mayfly is installed must not show in
 * the output. It also answers `import … from "mayfly"` and the entries beside it with this very version, installed or not.
 * @param program for `ENTRY_SPECIFIER`, where that is built
 */
export function mayflySources(root: string, program?: EntryProgram): Bun.BunPlugin {
  const home = join(root, "node_modules", "mayfly", "src");
  const entryFile = join(root, ENTRY_NAME);
  const isOwn = (path: string): boolean => path.startsWith(home + sep);
  return {
    name: "mayfly-sources",
    setup(build) {
      build.onResolve({ filter: /^mayfly:entry$/ }, () => ({ path: entryFile }));
      build.onResolve({ filter: /^mayfly$/ }, () => ({ path: join(home, "public", "index.ts") }));
      build.onResolve({ filter: /^mayfly\/(?:http|events)$/ }, ({ path }) => ({
        path: join(home, "public", `${path.slice("mayfly/".length)}.ts`),
      }));
      build.onResolve({ filter: /^mayfly:runtime$/ }, () => ({ path: join(home, "runtime", "bootstrap.ts") }));
      // The sources import each other by paths that end in .ts.
      build.onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path, importer }) => {
        const target = resolve(dirname(importer), path);
        return isOwn(importer) && isOwn(target) ? { path: target } : undefined;
      });
      build.onLoad({ filter: /[\\/]\.mayfly-entry\.ts$/ }, ({ path }) =>
        path === entryFile && program !== undefined
          ? { contents: entrySource(root, program), loader: "ts" }
          : undefined,
      );
      build.onLoad({ filter: /[\\/]node_modules[\\/]mayfly[\\/]src[\\/]/ }, ({ path }) => {
        if (!isOwn(path)) return undefined;
        // It reads package.json, of which a bundle needs no more than this.
        if (path === join(home, "version.ts"))
          return { contents: `export const VERSION = ${JSON.stringify(VERSION)};\n`, loader: "js" };
        if (path === join(home, "runtime", "deferred", "deferred.ts"))
          return { contents: helperSource(join(PACKAGE_SOURCES, "runtime", "deferred")), loader: "js" };
        return { contents: readFileSync(join(PACKAGE_SOURCES, relative(home, path)), "utf8"), loader: "ts" };
      });
    },
  };
}

function entrySource(root: string, { entries, preload, ...settings }: EntryProgram): string {
  const modules = entries.map(({ module, file }) => {
    const path = `./${relative(root, file).split(sep).join("/")}`;
    const needed = preload[module] ?? [];
    const load = `() => import(${JSON.stringify(path)})`;
    const all = needed.length > 0 ? `loadingToo(${load}, ${JSON.stringify(needed)})` : load;
    return `    ${JSON.stringify(module)}: ${all},\n`;
  });
  const deferred = [
    ...(modules.some((text) => text.includes("loadingToo("))
      ? [`import { loadingToo } from "mayfly:deferred";\n`]
      : []),
    // A recording. Before the runtime replaces the console.
    ...(settings.once
      ? [
          `import { watchLoads } from "mayfly:deferred";\n`,
          `const { log } = console;\nwatchLoads((name) => log(${JSON.stringify(LOADED_MARK)} + name));\n`,
          // The engine has read it. A program that the handler starts would record over it.
          `delete process.env[${JSON.stringify(ORDER_VARIABLE)}];\n`,
        ]
      : []),
  ];
  const told = Object.entries(settings).map(([name, value]) => `  ${name}: ${JSON.stringify(value)},\n`);
  const start = `startRuntime({\n  modules: {\n${modules.join("")}  },\n${told.join("")}  findings,\n});\n`;
  // What only the whole of the code tells.
  const ofCode = `import { findings } from ${JSON.stringify(FINDINGS_SPECIFIER)};\n`;
  return `import { startRuntime } from "mayfly:runtime";\n${ofCode}${deferred.join("")}${start}`;
}
