import type { Graph } from "./graph.ts";
import { fileOf } from "./rings.ts";

const STAR = /^export \* from "([^"]+)"/gm;
const DECLARED = /^export (?:async )?(?:const|let|var|class|function\*?) (\w+)/gm;
const LISTED = /\bexport \{([^}]*)\}/g;

/**
 * The names that some module passes on by `export *` of one that itself has two of them by `export *`. By the language that
 * is no export of either; V8 only forgets it of the inner one, and takes what another `export *` of the outer one has.
 */
export function ambiguousNames(graph: Graph): ReadonlySet<string> {
  const texts = new Map(Object.entries(graph.files).map(([path, lines]) => [path, lines.join("\n")]));
  const own = new Map([...texts].map(([path, text]) => [path, ownNames(text)]));
  const stars = new Map(
    [...texts].map(([path, text]) => [
      path,
      [...text.matchAll(STAR)].flatMap(([, to = ""]) => fileOf(path, to, graph.files) ?? []),
    ]),
  );
  const origins = (path: string, name: string, seen: readonly string[]): readonly string[] => {
    if (own.get(path)?.has(name) === true) return [path];
    if (seen.includes(path)) return [];
    return (stars.get(path) ?? []).flatMap((to) => origins(to, name, [...seen, path]));
  };
  const inner = new Set([...stars.values()].flat());
  const names = new Set([...own.values()].flatMap((all) => [...all]));
  return new Set([...names].filter((name) => [...inner].some((path) => new Set(origins(path, name, [])).size > 1)));
}

function ownNames(text: string): ReadonlySet<string> {
  const listed = [...text.matchAll(LISTED)].flatMap(([, names = ""]) => names.split(","));
  return new Set([
    ...[...text.matchAll(DECLARED)].map(([, name = ""]) => name),
    ...listed.map((name) => name.trim().split(" ").at(-1) ?? ""),
  ]);
}
