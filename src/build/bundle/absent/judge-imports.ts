import { dirname, join, relative } from "node:path";
import { ENTRY_NAME } from "../mayfly-sources.ts";
import { ROOT_ORDER } from "../linking/root-order.ts";
import { isStandIn } from "../linking/wrapped-loads.ts";
import { type Asking, askingIn } from "./asking.ts";
import { isDeclaredOptional, packageFolder } from "./declared-optional.ts";
import type { LeftOut, MissingImport, MissingImports } from "./left-out.ts";
import { textOf } from "./place-of-import.ts";

/** What a module of the program asks for. */
export interface AskedImport {
  readonly specifier: string;
  /** The id of the module that asks. */
  readonly importer: string;
  readonly kind: string;
  /** Of the module that it is; `undefined` where there is none. */
  readonly id: string | undefined;
}

/**
 * Tells which of the imports that lead nowhere are in the way: those without which what a start loads fails, and all that
 * the project's own modules import. A package's module that is loaded later, if at all, fails then.
 * @param codeOf what the bundler has of a module
 */
export function judgeImports(
  root: string,
  asked: readonly AskedImport[],
  codeOf: (id: string) => string,
): MissingImports {
  const ways = new Map<string, readonly ((specifier: string) => Asking | undefined)[]>();
  const askingOf = ({ importer, specifier, kind }: AskedImport): Asking => {
    // Nothing of the program, and what CommonJS loads by `import()`.
    if (importer === ROOT_ORDER || isStandIn(importer)) return "later";
    if (kind === "import-statement" || importer === join(root, ENTRY_NAME)) return "loading";
    const file = fileOf(importer);
    const known = ways.get(importer) ?? [askingIn(file, textOf(file)), askingIn(file, codeOf(importer))];
    ways.set(importer, known);
    // What plugins wrote is in the bundler's text only.
    return known[0]?.(specifier) ?? known[1]?.(specifier) ?? "loading";
  };
  const isNeeded = neededModules(root, asked, askingOf);
  const missing: MissingImport[] = [];
  const leftOut: LeftOut[] = [];
  for (const one of asked) {
    if (one.id !== undefined) continue;
    const [asking, importer] = [askingOf(one), fileOf(one.importer)];
    const own = isOwn(root, importer);
    const atStart = asking === "loading" && isNeeded(one.importer);
    const isInTheWay = own ? asking === "loading" || (asking === "later" && one.kind === "dynamic-import") : atStart;
    const declared = isDeclaredOptional(one.specifier, importer);
    if (isInTheWay && !declared) missing.push({ specifier: one.specifier, importer });
    else {
      const why = declared ? "declared" : asking === "tried" ? "tried" : "later";
      leftOut.push({ specifier: one.specifier, importer, why, own, atStart });
    }
  }
  return { missing, leftOut };
}

/** Tells whether a module is loaded by the start, as far as reading the code can tell. */
function neededModules(
  root: string,
  asked: readonly AskedImport[],
  askingOf: (one: AskedImport) => Asking,
): (id: string) => boolean {
  const importersOf = new Map<string, AskedImport[]>();
  for (const one of asked) {
    if (one.id === undefined) continue;
    const those = importersOf.get(one.id);
    if (those === undefined) importersOf.set(one.id, [one]);
    else those.push(one);
  }
  return (id) => {
    const seen = new Set([id]);
    // A Set's values grow while they are walked.
    for (const one of seen) {
      const importers = importersOf.get(one) ?? [];
      if (importers.length === 0 || isOwn(root, fileOf(one))) return true;
      for (const asking of importers) if (askingOf(asking) === "loading") seen.add(asking.importer);
    }
    return false;
  };
}

/** Of the project itself rather than of a package, be that installed or linked. */
function isOwn(root: string, file: string): boolean {
  const path = relative(root, file);
  if (path.startsWith("..") || /(?:^|[\\/])node_modules[\\/]/.test(path)) return false;
  const folder = packageFolder(dirname(file));
  return folder === undefined || relative(folder, root) === "" || relative(root, folder).startsWith("..");
}

function fileOf(id: string): string {
  return id.replace(/\?.*$/, "");
}
