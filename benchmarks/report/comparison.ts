import { compareRuns } from "../compare.ts";
import type { Results } from "../results.ts";
import { comparisonCell, medianCell } from "./cells.ts";
import { table } from "./table.ts";

/** Every series that both runs hold and that has moved, with how many times the earlier figure it is now. */
export function formatComparison(now: Results, earlier: Results): string {
  const rows = now.series.flatMap(({ phase, workload, runtime, metric, values }) => {
    const before = earlier.series.find(
      (one) => one.phase === phase && one.workload === workload && one.runtime === runtime && one.metric === metric,
    );
    if (before === undefined) return [];
    const comparison = compareRuns(values, before.values);
    if (comparison.kind === "not-told-apart") return [];
    return [
      [phase, workload, runtime, metric, medianCell(before.values), medianCell(values), comparisonCell(comparison)],
    ];
  });
  const title = `### Against ${earlier.date} (${earlier.machine.cpu})\n\n`;
  if (rows.length === 0) return `${title}Nothing can be told apart.`;
  return title + table([["", "", "", "", "then", "now", "now / then"], ...rows]);
}
