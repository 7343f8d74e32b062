import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { BenchReport } from "../../src/bench/report.ts";
import { testProject } from "../build/test-project.ts";
import { withoutElixir } from "../contract/build-mix-fixture.ts";
import { mixCache } from "../support/shared.ts";

describe.skipIf(withoutElixir)("mayfly bench in a Mix project", () => {
  test("measures start and invocations, and says what it can't tell apart", async () => {
    using project = testProject({});
    await cp("test/contract/elixir", project.folder, { recursive: true });
    await rm(join(project.folder, "package.json"));
    const flags = ["--handler", "Elixir.Faults.mixed", "--data", `{"do":"echo"}`, "--memory", "512", "--timeout", "30"];
    const run = await project.mayfly(["bench", "--json", "--rounds", "5", "--svg", "start.svg", ...flags], {
      environment: mixCache(),
    });
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const report: BenchReport = JSON.parse(run.stdout);
    expect(report.init.parts).toBeNull();
    expect(report.init.emptyProgram.median).toBeLessThan(report.init.total.median);
    expect(report.invocation.steady.count).toBeGreaterThanOrEqual(5);
    expect(report.caveats.join("\n")).toContain("is measured as a whole");
  });
});
