import { join } from "node:path";
import { ACCEPTED } from "./accepted.ts";
import { compareGraphs, type CompareOptions, type Difference } from "./compare-graphs.ts";
import { valueOf } from "./draw.ts";
import { graphs } from "./generator.ts";
import type { Graph } from "./graph.ts";
import type { Features } from "./plan.ts";
import { signatureOf } from "./signature.ts";
import { shrink } from "./shrink.ts";

export interface Failure {
  readonly seed: number;
  readonly signature: string;
  readonly graph: Graph;
  readonly difference: Difference;
}

export interface Found {
  readonly failures: readonly Failure[];
  readonly entries: number;
  readonly refused: number;
  /** By reason. */
  readonly accepted: ReadonlyMap<string, number>;
}

export interface SearchOptions extends CompareOptions {
  /** Where there is room for the programs. */
  readonly folder: string;
  readonly features: Features;
}

/** Compares the graphs of some seeds. */
export async function search(seeds: readonly number[], options: SearchOptions): Promise<Found> {
  const arbitrary = graphs(options.features);
  const all = new Map(seeds.map((seed) => [`g${seed}`, valueOf(arbitrary, seed)]));
  const { differences, entries, refused } = await compareGraphs(join(options.folder, "search"), all, options);
  const accepted = new Map<string, number>();
  const failures = differences.flatMap((difference) => {
    const graph = all.get(difference.graph);
    const known = ACCEPTED.find(({ matches }) => graph !== undefined && matches(difference, graph));
    if (known !== undefined) accepted.set(known.reason, (accepted.get(known.reason) ?? 0) + 1);
    if (known !== undefined || graph === undefined) return [];
    return [{ seed: Number(difference.graph.slice(1)), signature: signatureOf(difference), graph, difference }];
  });
  return { failures, entries, refused: refused.length, accepted };
}

/** The smallest graph that can be found for each kind of failure. */
export async function shrinkFailures(
  failures: readonly Failure[],
  options: SearchOptions,
): Promise<readonly Failure[]> {
  const kinds = new Map<string, Failure>();
  for (const failure of failures) {
    const known = kinds.get(failure.signature);
    if (known === undefined || textSize(failure.graph) < textSize(known.graph)) kinds.set(failure.signature, failure);
  }
  const chosen = [...kinds.values()];
  const shrunk: Failure[] = [];
  for (const failure of chosen) {
    const { build, entry } = failure.difference;
    let last = failure.difference;
    const [graph = failure.graph] = await shrink(
      [{ graph: failure.graph, entry: entry.slice(entry.indexOf("/") + 1) }],
      async (candidates) => {
        const all = new Map(candidates.map((candidate, index) => [`g${index}`, candidate.graph]));
        const { differences } = await compareGraphs(join(options.folder, "shrink"), all, {
          ...options,
          builds: [build],
        });
        return candidates.map((_, index) => {
          const found = differences.find((one) => one.graph === `g${index}` && signatureOf(one) === failure.signature);
          if (found !== undefined) last = found;
          return found !== undefined;
        });
      },
    );
    shrunk.push({ ...failure, graph, difference: last });
  }
  return shrunk;
}

function textSize({ files }: Graph): number {
  return Object.values(files).flat().join().length;
}
