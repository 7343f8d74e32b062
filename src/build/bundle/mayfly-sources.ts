import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Plugin } from "rolldown";
import type { Entry } from "../../project/types.ts";
import { ORDER_VARIABLE } from "./bytecode-order.ts";
import { helperSource } from "./defer/helper-source.ts";
import type { Profile } from "./defer/profile.ts";
import type { ProgramSettings } from "../../protocol/program-settings.ts";
import { VERSION } from "../../version.ts";
import { ownSources } from "../own-sources.ts";

/** The module that starts the runtime with the project's entries. It exists only during the build. */
export const ENTRY_SPECIFIER = "mayfly:entry";

/** What the script of a server begins with. */
export const SERVER_SPECIFIER = "mayfly:server";

/** What the sources say about themselves once all are read. */
const FINDINGS_SPECIFIER = "mayfly:findings";

const SERVER_SOURCE = `import { findings } from "${FINDINGS_SPECIFIER}";
import { serverLikeNode } from "./runtime/engine/bun-server.ts";
serverLikeNode(findings);
`;

/** What stands for it in the code until then. */
export const FINDINGS_PLACE = "$mayflyFindings";

/** What the generated entry starts the runtime with. */
export interface EntryProgram extends Omit<ProgramSettings, "findings"> {
  readonly entries: readonly Entry[];
  /** What each entry loads of the engine once it is evaluated; only where imports are deferred. */
  readonly preload: Profile;
}

/** What a recording artifact logs for each module of the engine that it loads, followed by its name. */
export const LOADED_MARK = "mayfly:loaded ";

/** In the project's root, a real folder, so that the engine finds the entries as it finds any import, tsconfig included. */
export const ENTRY_NAME = ".mayfly-entry.ts";

const PACKAGE_SOURCES: string = resolve(import.meta.dirname, "..", "..");

/**
 * Makes Mayfly's own sources appear inside the project, at `node_modules/mayfly/src`: chunk names and
 * source maps hold paths relative to the project, so that where Mayfly is installed must not show in
 * the output. It also answers `import … from "mayfly"` and the entries beside it with this very version, installed or not.
 * @param program for `ENTRY_SPECIFIER`, where that is built
 */
export function mayflySources(root: string, program?: EntryProgram): Plugin {
  const home = ownSources(root);
  const entryFile = join(root, ENTRY_NAME);
  const named: Readonly<Record<string, string>> = {
    [ENTRY_SPECIFIER]: entryFile,
    mayfly: join(home, "public", "index.ts"),
    "mayfly/http": join(home, "public", "http.ts"),
    "mayfly/events": join(home, "public", "events.ts"),
    "mayfly:runtime": join(home, "runtime", "bootstrap.ts"),
    [FINDINGS_SPECIFIER]: join(home, "findings.ts"),
    [SERVER_SPECIFIER]: join(home, "server.ts"),
  };
  return {
    name: "mayfly-sources",
    resolveId: {
      filter: { id: [/^mayfly(?:\/(?:http|events)|:entry|:runtime|:findings|:server)?$/, /^\.\.?\/.*\.ts$/] },
      handler(specifier, importer) {
        const known = named[specifier];
        if (known !== undefined)
          return { id: known, moduleSideEffects: known === entryFile || known === named[SERVER_SPECIFIER] };
        // The sources import each other by paths that end in .ts.
        if (importer === undefined || !importer.startsWith(home + sep)) return undefined;
        return { id: resolve(dirname(importer), specifier), moduleSideEffects: false };
      },
    },
    load: {
      filter: { id: [/[\\/]\.mayfly-entry\.ts$/, /[\\/]node_modules[\\/]mayfly[\\/]src[\\/]/] },
      handler(id) {
        if (id === entryFile && program !== undefined) return { code: entrySource(root, program), moduleType: "ts" };
        if (!id.startsWith(home + sep)) return undefined;
        const helper = helperSource(PACKAGE_SOURCES, relative(home, id).split(sep).join("/"));
        if (helper !== undefined) return { code: helper, moduleType: "js" };
        if (id === named[FINDINGS_SPECIFIER])
          return { code: `export const findings = ${FINDINGS_PLACE};\n`, moduleType: "js" };
        if (id === named[SERVER_SPECIFIER]) return { code: SERVER_SOURCE, moduleType: "js" };
        return { code: mayflySource(home, id), moduleType: "ts" };
      },
    },
  };
}

/** The text of one of Mayfly's own modules in a bundle, by the path where it appears in the project. */
export function mayflySource(home: string, path: string): string {
  // It reads package.json, of which a bundle needs no more than this.
  if (path === join(home, "version.ts")) return `export const VERSION = ${JSON.stringify(VERSION)};\n`;
  return readFileSync(join(PACKAGE_SOURCES, relative(home, path)), "utf8");
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
