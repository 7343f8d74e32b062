import { quantile } from "../../src/bench/statistics.ts";
import { RUNTIME_TITLES, RUNTIMES } from "../cases/runtimes.ts";
import { ELIXIR } from "../cases/elixir.ts";
import { type Results, seriesOf } from "../results.ts";
import { WORKLOADS } from "../workloads.ts";
import { figure } from "./table.ts";

const WIDTH = 900;
const COLUMN = WIDTH / 2;
const LABEL = 165;
const VALUE = 60;
const BAR = COLUMN - LABEL - VALUE - 15;
const ROW = 20;
const TITLE = 30;
const GAP = 18;
const HEAD = 56;

interface Bar {
  readonly title: string;
  readonly own: boolean;
  /** All in ms since the process was started. */
  readonly next: number;
  readonly response: number;
  /** Quartiles of the response. */
  readonly low: number;
  readonly high: number;
}

/** Start to first response for each workload and runtime, each workload on a scale of its own. */
export function formatPlot(results: Results): string {
  const panels = [...WORKLOADS, ELIXIR]
    .map(({ name }) => ({ name, bars: barsOf(results, name) }))
    .filter(({ bars }) => bars.length > 0);
  const heights: [number, number] = [HEAD, HEAD];
  const drawn = panels.map(({ name, bars }) => {
    const column = heights[0] <= heights[1] ? 0 : 1;
    const top = heights[column];
    heights[column] += TITLE + bars.length * ROW + GAP;
    return panel(name, bars, column * COLUMN, top);
  });
  const height = Math.max(...heights);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Time from process start to the first response, by workload and runtime">
<style>
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.title { font-weight: 600; font-size: 13px; }
.small { font-size: 11px; fill: #57606a; }
.next { fill: #8c959f; }
.first { fill: #d0d7de; }
.own .next { fill: #1a7f37; }
.own .first { fill: #7cd992; }
.own text { font-weight: 600; }
.spread { stroke: #24292f; stroke-width: 1.2; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.small { fill: #9198a1; }
.next { fill: #6e7681; }
.first { fill: #3d444d; }
.own .next { fill: #3fb950; }
.own .first { fill: #1f6f34; }
.spread { stroke: #e6edf3; }
}
</style>
<text class="title" x="10" y="20">Process start to first response, ms</text>
<text class="small" x="10" y="38">full colour: until the runtime asks for its first event; pale: the first invocation; line: quartiles. Warm page cache. Each workload has its own scale.</text>
${drawn.join("\n")}
</svg>
`;
}

function barsOf(results: Results, workload: string): readonly Bar[] {
  return RUNTIMES.flatMap((runtime) => {
    const [next, response] = [
      seriesOf(results, "warm", workload, runtime, "next"),
      seriesOf(results, "warm", workload, runtime, "response"),
    ];
    if (next.length === 0 || response.length === 0) return [];
    return {
      title: RUNTIME_TITLES[runtime],
      own: runtime === "mayfly",
      next: quantile(next, 0.5),
      response: quantile(response, 0.5),
      low: quantile(response, 0.25),
      high: quantile(response, 0.75),
    };
  });
}

function panel(name: string, bars: readonly Bar[], left: number, top: number): string {
  const longest = Math.max(...bars.map(({ response, high }) => Math.max(response, high)));
  const x = (ms: number): string => (left + LABEL + (ms / longest) * BAR).toFixed(1);
  const width = (ms: number): string => ((ms / longest) * BAR).toFixed(1);
  const rows = bars.map((bar, index) => {
    const y = top + TITLE + index * ROW;
    const middle = y + 7;
    return `<g${bar.own ? ' class="own"' : ""}>
<text x="${left + LABEL - 8}" y="${y + 11}" text-anchor="end">${escapeXml(bar.title)}</text>
<rect class="next" x="${x(0)}" y="${y}" width="${width(bar.next)}" height="14"/>
<rect class="first" x="${x(bar.next)}" y="${y}" width="${width(Math.max(0, bar.response - bar.next))}" height="14"/>
<path class="spread" d="M${x(bar.low)} ${middle}H${x(bar.high)}"/>
<text x="${Number(x(Math.max(bar.response, bar.high))) + 6}" y="${y + 11}">${figure(bar.response)}</text>
</g>`;
  });
  return `<text class="title" x="${left + 10}" y="${top + 18}">${escapeXml(name)}</text>\n${rows.join("\n")}`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
