import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readArguments } from "../../benchmarks/arguments.ts";
import { parseResults } from "../../benchmarks/results.ts";

const root = join(import.meta.dirname, "../..");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mayfly-bench-test-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function bench(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync("node", [join(root, "benchmarks/run.mjs"), ...args], { cwd: folder, encoding: "utf8" });
}

describe("npm run bench", () => {
  test("measures Mayfly with what npm alone installs, and leaves the report of the whole alone", () => {
    const page = readFileSync(join(root, "docs/benchmarks.md"), "utf8");
    const file = join(folder, "results.json");
    const limits = ["--quick", "--only", "mayfly", "--workload", "hello", "--phase", "warm,concurrent"];
    const { status, stdout, stderr } = bench(...limits, "--json", file);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stdout).toContain("### hello: returns a greeting");
    expect(stderr).toContain("warm, round 2 of 2");

    const { series, packages } = parseResults(readFileSync(file, "utf8"));
    const own = series.filter(({ phase, runtime }) => phase === "warm" && runtime === "mayfly");
    expect(own.map(({ metric }) => metric)).toEqual(expect.arrayContaining(["next", "first", "response", "trip"]));
    expect(own.every(({ values }) => values.length === 2 && values.every((value) => value > 0))).toBe(true);
    expect(series.find(({ metric }) => metric === "throughput")?.values).toHaveLength(1);
    expect(packages).toMatchObject([{ workload: "hello", runtime: "mayfly" }]);
    expect(readFileSync(join(root, "docs/benchmarks.md"), "utf8")).toBe(page);
    expect(stderr).toContain(`The results are in ${file}.`);
  });

  test.each([
    { args: [], publishes: true },
    { args: ["--rounds", "40"], publishes: true },
    { args: ["--rounds", "24"], publishes: false },
    { args: ["--quick"], publishes: false },
    { args: ["--quick", "--rounds", "40"], publishes: false },
    { args: ["--only", "mayfly"], publishes: false },
    { args: ["--workload", "hello"], publishes: false },
    { args: ["--phase", "warm"], publishes: false },
    { args: ["--cold"], publishes: false },
  ])("publishes nothing but a full run: $args", ({ args, publishes }) => {
    expect(readArguments(args).publishes).toBe(publishes);
  });

  test("prints its help", () => {
    const { status, stdout } = bench("--help");
    expect(status).toBe(0);
    expect(stdout).toContain("--rounds <n>");
    expect(stdout).toContain("npm run bench http");
  });

  test.each([
    [["--only", "node"], "mayfly, aws"],
    [["--workload", "hullo"], "hello"],
    [["--rounds", "0"], "above 0"],
    [["--fast"], "unknown option"],
  ])("refuses %j", (args, message) => {
    const { status, stderr } = bench(...args);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
  });
});
