import { describe, expect, test } from "vitest";
import { judgeGoals } from "../../benchmarks/goals.ts";
import { formatComparison } from "../../benchmarks/report/comparison.ts";
import { formatReport } from "../../benchmarks/report/markdown.ts";
import { formatPlot } from "../../benchmarks/report/plot.ts";
import { BEGIN, END, replaceGenerated } from "../../benchmarks/report/write.ts";
import { formatResults, parseResults, Recorder, type Results } from "../../benchmarks/results.ts";

/** A run in which every value is off by 1 % at most. */
function run({ hello, sdk, floor }: { hello: number; sdk: number; floor: number }, rounds = 10): Results {
  const recorder = new Recorder();
  const start = (next: number): Record<string, number> => ({
    next,
    response: next + 1,
    first: 1,
    trip: 0.3,
    cpu: 0.4,
    memory: 34,
  });
  for (let round = 0; round < rounds; round += 1) {
    const noise = 1 + 0.01 * Math.sin(round);
    recorder.add("warm", "floor", "empty", { floor: floor * noise });
    recorder.add("warm", "hello", "mayfly", start(hello * noise));
    recorder.add("warm", "hello", "aws", start(60 * noise));
    recorder.add("warm", "sdk", "mayfly", start(sdk * noise));
    recorder.add("warm", "sdk", "aws", start(240 * noise));
  }
  return {
    format: 1,
    date: "2026-11-22",
    machine: { cpu: "A CPU", cores: 2, memoryGb: 8, system: "Linux" },
    versions: { mayfly: "Bun 1.4.3" },
    quota: "control groups",
    disturbedRounds: 0,
    missing: [{ what: "Elixir", why: "there is no mix on the PATH" }],
    packages: [{ workload: "hello", runtime: "mayfly", zippedBytes: 42 * 1_048_576, unzippedBytes: 90_000_000 }],
    series: recorder.series,
  };
}

const fast = run({ hello: 8, sdk: 18, floor: 6 });
const slow = run({ hello: 12, sdk: 30, floor: 6 });

describe("goals", () => {
  const verdicts = (results: Results): string[] => judgeGoals(results).map(({ verdict }) => verdict);

  test("are met, missed, or absent with what they are about", () => {
    expect(verdicts(fast)).toEqual(["met", "met", "met", "absent"]);
    expect(verdicts(slow)).toEqual(["not met", "not met", "not met", "absent"]);
  });

  test("are unclear where the interval holds the bound or rounds are few", () => {
    expect(verdicts(run({ hello: 9, sdk: 20, floor: 6 })).slice(0, 2)).toEqual(["unclear", "unclear"]);
    expect(verdicts(run({ hello: 8, sdk: 18, floor: 6 }, 3)).slice(0, 3)).toEqual(["unclear", "unclear", "unclear"]);
  });
});

describe("the report", () => {
  test("has medians, quartiles, package and what was not measured", () => {
    const report = formatReport(fast);
    expect(report).toMatch(/\| Mayfly +\| 8\.0\d \(7\.9\d to 8\.0\d\) .*\| 42\.0 MB \|/);
    expect(report).toContain("- Elixir: there is no mix on the PATH");
    expect(report).toMatch(/\| hello +\| AWS's client, bundled +\| 7\.5\d× \(/);
  });

  test("says nothing of a ratio that the spread doesn't allow", () => {
    const report = formatReport(fast);
    // Both take the same time for a later invocation.
    expect(report).toMatch(/\| hello +\| AWS's client, bundled .*\| not told apart/);
    expect(formatReport(run({ hello: 8, sdk: 18, floor: 6 }, 3))).not.toMatch(/\d× \(/);
  });

  test("replaces what was generated before and nothing else", () => {
    const page = `# Benchmarks\n\nprose\n\n${BEGIN}\n\nold\n\n${END}\n\nmore prose\n`;
    expect(replaceGenerated(page, "new")).toBe(page.replace("old", "new"));
    expect(() => replaceGenerated("no markers", "new")).toThrow("lost the lines");
  });

  test("of two runs names what moved and by how much", () => {
    const comparison = formatComparison(slow, fast);
    expect(comparison).toMatch(/\| warm \| sdk +\| mayfly +\| next +\| 18\.\d +\| 30\.\d +\| 1\.6\d× \(/);
    expect(comparison).not.toMatch(/\| aws +\| next/);
    expect(formatComparison(fast, fast)).toContain("Nothing can be told apart.");
  });
});

describe("the plot", () => {
  const plot = formatPlot(fast);

  test("is XML whose elements are all closed", () => {
    const open: string[] = [];
    for (const [, slash, name = "", rest = ""] of plot.matchAll(/<(\/?)([a-z]+)([^>]*)>/g)) {
      if (slash === "/") expect(open.pop()).toBe(name);
      else if (!rest.endsWith("/")) open.push(name);
    }
    expect(open).toEqual([]);
  });

  test("has a bar for each runtime, the slower the longer", () => {
    const widths = [...plot.matchAll(/class="next" .*width="([\d.]+)"/g)].map(([, width]) => Number(width));
    expect(widths).toHaveLength(4);
    const [helloOwn = 0, helloAws = 0, sdkOwn = 0, sdkAws = 0] = widths;
    expect(helloAws / helloOwn).toBeCloseTo(60 / 8, 0);
    expect(sdkAws / sdkOwn).toBeCloseTo(240 / 18, 0);
  });

  test("can be read in dark mode", () => {
    expect(plot).toContain("prefers-color-scheme: dark");
  });
});

describe("raw results", () => {
  test("come back as they were written", () => {
    expect(parseResults(formatResults(fast))).toEqual(fast);
  });

  test("of another shape are refused by name", () => {
    expect(() => parseResults('{"format":1}')).toThrow(/not results of npm run bench[^]*machine/);
  });

  test("of a case that was dropped are gone", () => {
    const recorder = new Recorder();
    recorder.add("warm", "sdk", "aws", { next: 1 });
    recorder.add("warm", "sdk", "aws-unbundled", { next: 1 });
    recorder.drop("warm", "sdk", "aws");
    expect(recorder.series.map(({ runtime }) => runtime)).toEqual(["aws-unbundled"]);
  });
});
