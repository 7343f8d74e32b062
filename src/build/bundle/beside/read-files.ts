import { dirname, join, relative, sep } from "node:path";
import type { Plugin } from "rolldown";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { placeOf } from "../linking/module-place.ts";
import { isFile } from "../../../support/files.ts";
import { ownSources } from "../../own-sources.ts";
import { type CodePath, type CodePaths, readCodePaths, RUNS, type VariableImport } from "./code-paths.ts";
import { filesBelow, filesMeant } from "./matching-files.ts";
import { HOLE } from "./path-values.ts";
import { KNOWN_MODULE, knownHelper, knownImport, importableModules } from "./variable-imports.ts";

/** What the modules of a program read beside themselves. */
export interface FilesRead {
  readonly plugin: Plugin;
  /** Absolute paths, by where they lie in the package. */
  readonly files: ReadonlyMap<string, string>;
  /** Modules of the project that run by themselves, as a worker does, likewise: where they are looked for. */
  readonly scripts: ReadonlyMap<string, string>;
  readonly warnings: ReadonlySet<string>;
}

/** What names a place, or imports what isn't one text. */
const MAYBE =
  /\b__(?:dirname|filename)\b|\bimport\.meta\b|\bprocess\.cwd\b|\bLAMBDA_TASK_ROOT\b|\bmodule\.(?:path|filename)\b|\b(?:import|require)\s*\(\s*[^"'\s)]|(?:readFile|readdir|createReadStream|opendir|sendFile|Worker|fork)(?:Sync)?\s*\(/;
const READS =
  /^(?:(?:readFile|readdir|open|opendir|createReadStream|readJson|readJSON)(?:Sync)?|sendFile|Worker|fork|file)$/;
const SCRIPT = /\.[cm]?[jt]sx?$/;
const LISTS = /^(?:readdir|opendir)(?:Sync)?$/;

/**
 * Finds the files that code reads, as Vite, webpack and nft do, so that they are packed where it looks for them, and the
 * modules that an `import()` or `require` of a variable can mean, which go into the program.
 */
export function filesRead(root: string): FilesRead {
  const own = ownSources(root) + sep;
  const helper = join(ownSources(root), "runtime", "places", "known-module");
  const files = new Map<string, string>();
  const scripts = new Map<string, string>();
  const warnings = new Set<string>();
  return {
    files,
    scripts,
    warnings,
    plugin: {
      name: "mayfly-files-read",
      buildStart() {
        // The bundler may begin again, with other modules.
        files.clear();
        scripts.clear();
        warnings.clear();
      },
      resolveId: {
        filter: { id: /^mayfly:known-module(?:\.cjs)?$/ },
        handler: (specifier) => ({
          id: `${helper}${specifier === KNOWN_MODULE ? ".ts" : ".cjs"}`,
          moduleSideEffects: false,
        }),
      },
      transform: {
        // As it was written.
        order: "pre",
        filter: { id: /^[^\0].*\.[cm]?[jt]sx?$/, code: MAYBE },
        handler(code, id) {
          if (id.startsWith(own)) return undefined;
          const isPackage = /[\\/]node_modules[\\/]/.test(id);
          const found = readCodePaths(id, code, isPackage ? undefined : root);
          if (found === undefined) return undefined;
          const says = isPackage
            ? () => undefined
            : (line: number, text: string) => void warnings.add(warning(root, id, line, text));
          const listed = found.paths.filter(isListed).map(({ path }) => path);
          for (const one of found.paths.filter(({ path }) => path !== id)) {
            const script = isPackage ? undefined : scriptOf(one);
            const all = script === undefined ? filesOf(one, id) : [script];
            const isKnown = listed.some((folder) => one.path.startsWith(folder + sep) && one.path.includes(HOLE));
            if (all.length === 0 && isRead(one) && !isKnown) says(one.line, nothingPacked(root, one));
            for (const file of all) {
              const place = placeBeside(root, id, script === undefined ? file : one.path);
              if (place === undefined) says(one.line, outside(file));
              else (script === undefined ? files : scripts).set(place, file);
            }
          }
          const edits = importEdits(root, id, code, found, says);
          return edits.length === 0 ? undefined : { code: applyEdits(code, edits), map: null };
        },
      },
    },
  };
}

type Says = (line: number, text: string) => void;

function warning(root: string, file: string, line: number, text: string): string {
  return `${relative(root, file).split(sep).join("/")}:${line}: ${text}`;
}

function isRead({ taker }: CodePath): boolean {
  return taker !== undefined && READS.test(taker);
}

/** What runs by itself. TypeScript can be named as what is made of it. */
function scriptOf({ path, taker }: CodePath): string | undefined {
  if (taker === undefined || !RUNS.test(taker) || path.includes(HOLE)) return undefined;
  const stem = /^(.*)\.[cm]?js$/.exec(path)?.[1];
  const sources = stem === undefined ? [] : [".ts", ".mts", ".cts", ".tsx"].map((extension) => stem + extension);
  return [path, ...sources].find((one) => SCRIPT.test(one) && isFile(one));
}

function isListed({ path, taker }: CodePath): boolean {
  return taker !== undefined && LISTS.test(taker) && !path.includes(HOLE);
}

function filesOf(one: CodePath, importer: string): readonly string[] {
  const meant = filesMeant(one.path, importer);
  // What is listed are names: a folder that the module lies in is not packed whole.
  const isAround = isListed(one) && importer.startsWith(one.path + sep);
  return meant.length === 0 && isAround ? filesBelow(one.path, 1) : meant;
}

/** Where a module looks for a file: from where it lies itself. */
function placeBeside(root: string, importer: string, file: string): string | undefined {
  const place = join(dirname(placeOf(root, importer)), relative(dirname(importer), file))
    .split(sep)
    .join("/");
  return place.startsWith("../") ? undefined : place;
}

function outside(file: string): string {
  return `${file} lies outside of the project, where the function's code has no place for it.`;
}

function nothingPacked(root: string, { path, taker }: CodePath): string {
  const shown = relative(root, path).replaceAll(HOLE, "*").split(sep).join("/");
  return path.includes(HOLE)
    ? `what ${taker} is given here (${shown}) is known only when it runs, so nothing is packed for it. Name the files in include of mayfly.config.ts.`
    : `${taker} is given ${shown}, which isn't there, so nothing is packed for it.`;
}

function importEdits(root: string, file: string, code: string, found: CodePaths, says: Says): readonly Edit[] {
  const helper = knownHelper(found);
  const edits = found.imports.flatMap((one) => {
    const known = importableModules(root, file, one);
    if (known.size > 0) return knownImport(code, placeOf(root, file), one, known, helper.name);
    if (one.value.text.includes(HOLE)) says(one.line, nothingKnown(one));
    return [];
  });
  return edits.length === 0 ? [] : [helper.edit, ...edits];
}

function nothingKnown({ kind }: VariableImport): string {
  return `what this ${kind === "import" ? "import()" : "require"} loads is known only when it runs, so it isn't packed. Name the files in include of mayfly.config.ts, or write each module's name where it is loaded.`;
}
