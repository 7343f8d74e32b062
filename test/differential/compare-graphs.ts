import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { batchEntries, writeBatch } from "./batch.ts";
import type { Graph, Outcome } from "./graph.ts";
import { processesFor } from "./processes.ts";
import { build, runBuilt } from "./run-built.ts";
import { prepareForNode, runInNode } from "./run-node.ts";

export interface Difference {
  readonly graph: string;
  readonly entry: string;
  readonly build: "deferred" | "plain";
  readonly node: Outcome | undefined;
  /** Text if there is no such program: the build refused it, or the process died. */
  readonly built: Outcome | string;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Graphs that neither Node.js nor the build takes. */
  readonly refused: readonly string[];
  readonly entries: number;
}

export interface CompareOptions {
  readonly node: string;
  /** Whether each entry has a process of its own, instead of one with many that have nothing in common. */
  readonly apart?: boolean;
  readonly builds?: readonly ("deferred" | "plain")[];
}

/** Runs graphs under Node.js and as built. The folder is made, and gone afterwards. */
export async function compareGraphs(
  folder: string,
  all: ReadonlyMap<string, Graph>,
  { node, apart = false, builds = ["deferred", "plain"] }: CompareOptions,
): Promise<Comparison> {
  const differences: Difference[] = [];
  const refusals = new Map<string, string>();
  const graphs = new Map(all);
  const expected = new Map<string, Outcome>();
  let entries = 0;
  rmSync(folder, { recursive: true, force: true });
  try {
    const inNode = join(folder, "node");
    const whole = writeBatch(join(folder, "all"), all);
    await prepareForNode(node, whole, inNode);
    for (const group of processesFor(whole, apart)) {
      for (const [entry, outcome] of await runInNode(node, inNode, group)) expected.set(entry, outcome);
    }
    for (const way of builds) {
      for (let attempt = 0; ; attempt++) {
        const batch = writeBatch(join(folder, `${way}-${attempt}`), graphs);
        const outdir = join(batch.folder, "out");
        mkdirSync(outdir);
        const built = await build(batch, outdir, way === "deferred");
        if ("refusal" in built) {
          const blamed = [...graphs.keys()].filter((name) => built.refusal.includes(`${name}/`));
          if (blamed.length === 0) throw new Error(`The build fails: ${built.refusal}`);
          for (const name of blamed) {
            graphs.delete(name);
            refusals.set(
              name,
              built.refusal
                .split("\n")
                .filter((line) => line.includes(`${name}/`))
                .join("\n"),
            );
          }
          continue;
        }
        for (const group of processesFor(batch, apart)) {
          const outcomes = await runBuilt(built.bootstrap, batch.folder, group);
          for (const entry of group) {
            const [node, ours] = [expected.get(entry), outcomes.get(entry)];
            const graph = entry.slice(0, entry.indexOf("/"));
            entries++;
            if (!isSame(node, ours)) differences.push({ graph, entry, build: way, node, built: ours ?? "no outcome" });
          }
        }
        break;
      }
    }
    for (const { id, graph } of batchEntries(whole)) {
      const refusal = refusals.get(graph);
      const node = expected.get(id);
      if (refusal === undefined || node?.end.startsWith("throws") === true) continue;
      differences.push({ graph, entry: id, build: "deferred", node, built: `refused: ${refusal}` });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { differences, refused: [...refusals.keys()], entries };
}

function isSame(a: Outcome | undefined, b: Outcome | string | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
