import { relative } from "node:path";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** One of these that began last would be all that runs in the end. */
const LONG = [
  "test/elixir/build.test.ts",
  "test/elixir/kinds-of-projects.test.ts",
  "test/bench/bench.test.ts",
  "test/examples/examples.test.ts",
  "test/build/command.test.ts",
  "test/contract/random-faults.test.ts",
  "test/web/server.test.ts",
  "test/local/under-bun.test.ts",
  "test/examples/http-shapes.test.ts",
  "test/contract/elixir-random-faults.test.ts",
  "test/contract/elixir-faults.test.ts",
  "test/web/elixir.test.ts",
  "test/build/include.test.ts",
  "test/local/elixir.test.ts",
  "test/bench/bench-elixir.test.ts",
  "test/local/invoke-command.test.ts",
  "test/build/bytecode-order.test.ts",
  "test/contract/elixir.test.ts",
  "test/contract/faults.test.ts",
  "test/local/testing-library.test.ts",
  "test/build/profile.test.ts",
  "test/local/runners/runners.test.ts",
];

/** Suites that call our modules and start nothing: with what they import loaded once instead of in a process each. */
const IN_ONE_PROCESS = ["src/**/*.test.ts", "test/lint/*.test.ts"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const index = LONG.indexOf(relative(import.meta.dirname, moduleId));
      return index === -1 ? LONG.length : index;
    };
    // oxlint-disable-next-line unicorn/no-array-sort -- vitest's own method of that name
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

const config: ViteUserConfig = defineConfig({
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    projects: [
      {
        extends: true,
        test: { name: "modules", include: IN_ONE_PROCESS, pool: "threads", isolate: false },
      },
      {
        extends: true,
        test: {
          name: "programs",
          isolate: false,
          include: ["test/**/*.test.ts"],
          exclude: [
            ...IN_ONE_PROCESS,
            "**/node_modules/**",
            "test/outside/**",
            "test/package/**",
            "test/fuzz/**",
            "test/fixtures/**",
          ],
        },
      },
    ],
    // The BEAMs that compile would spin for what comes next, on the cores that others need.
    env: { ERL_FLAGS: "+sbwt none +sbwtdcpu none +sbwtdio none" },
    sequence: { sequencer: LongestFirst },
    // No measure of anything: by then nothing happens any more, on however busy a machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Real bootstraps and builds compete for the cores, but some tests wait for time to pass.
    maxWorkers: 3,
  },
});

export default config;
