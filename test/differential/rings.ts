import { posix } from "node:path";
import { importCycles } from "../../src/build/bundle/linking/import-cycles.ts";
import type { Graph } from "./graph.ts";

/** What a line brings in while its module is evaluated. */
const IMPORTED = /(?:\bfrom|\bimport|\brequire\()\s*"([^"]+)"/g;

/** The names of modules, `m0`, that import each other and of which one at least is CommonJS or becomes it. */
export function inCommonJsRings({ files }: Graph): ReadonlySet<string> {
  const rings = ringsOf(files).filter((ring) => ring.some((path) => isCommonJs(path, files)));
  return new Set(rings.flat().flatMap((path) => namesIn(files[path] ?? [])));
}

/** Whether modules import each other that evaluating has no effects of, as their package says. */
export function hasQuietRing({ files }: Graph): boolean {
  const isQuiet = (path: string): boolean => {
    const manifest = (files[`${packageFolder(path)}package.json`] ?? []).join();
    return path.startsWith("node_modules/") && /"sideEffects":(?:false|\[)/.test(manifest);
  };
  return ringsOf(files).some((ring) => ring.some(isQuiet));
}

function ringsOf(files: Graph["files"]): readonly (readonly string[])[] {
  const imports = new Map(
    Object.entries(files).map(([path, lines]) => {
      const now = lines.filter((line) => !line.startsWith("Later(")).join("\n");
      return [path, { imports: [...now.matchAll(IMPORTED)].flatMap(([, to = ""]) => fileOf(path, to, files) ?? []) }];
    }),
  );
  return importCycles(imports);
}

/** Whether a module of a graph is CommonJS for Node.js, by its name or its package. */
function isCommonJs(path: string, files: Graph["files"]): boolean {
  if (/\.[cm][jt]s$/.test(path)) return /\.c[jt]s$/.test(path);
  return !/"type":\s*"module"/.test((files[`${packageFolder(path)}package.json`] ?? []).join());
}

function packageFolder(path: string): string {
  return /^node_modules\/(?:@[^/]*\/)?[^/]*\//.exec(path)?.[0] ?? "";
}

/** What a module of a graph names by a path. */
export function fileOf(from: string, to: string, files: Graph["files"]): string | undefined {
  const path = to.startsWith(".") ? posix.join(posix.dirname(from), to) : undefined;
  return path === undefined ? undefined : [path, path.replace(/\.([cm]?)js$/, ".$1ts")].find((one) => one in files);
}

/** A module tells how it is called where it begins. */
function namesIn(lines: readonly string[]): readonly string[] {
  return [...lines.join("\n").matchAll(/\b[RT]\("(m\d+)\b/g)].map(([, name = ""]) => name);
}
