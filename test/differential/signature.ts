import type { Difference } from "./compare-graphs.ts";
import type { Outcome } from "./graph.ts";

/** What kind of difference it is: the first line that differs, without the names that a graph's modules happen to have. */
export function signatureOf({ node, built }: Pick<Difference, "node" | "built">): string {
  if (typeof built === "string") return `${plain(node?.end)} <> ${plain(built.split("\n")[0])}`;
  const [theirs, ours] = [linesOf(node), linesOf(built)];
  const at = theirs.findIndex((line, index) => line !== ours[index]);
  return `${plain(theirs[at])} <> ${plain(ours[at])}`;
}

export function linesOf(outcome: Outcome | undefined): readonly string[] {
  return outcome === undefined ? ["none"] : [...outcome.trace, outcome.end];
}

/** Names of modules, values and what is exported say nothing of the kind. */
function plain(line = "nothing"): string {
  return line
    .replaceAll(/<root>\/\S*|"[^"]*"|\b\d+\b/g, "…")
    .replaceAll(/\bg\d+\b/g, "g")
    .replaceAll(/\bm\d+(?:_(?:default|all|all_names|\w+))?\b/g, "m")
    .replaceAll(/\b(?:alpha|beta|count|make|build|Shape|NotFoundError|items|Derived)\b/g, "x")
    .slice(0, 160);
}
