import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Suites whose properties take as many runs as they are given. */
const PROPERTIES = [
  "src/http/round-trip.test.ts",
  "src/protocol/beam-frames.test.ts",
  "src/protocol/event-stream.test.ts",
  "src/protocol/xray-cause.test.ts",
  "src/runtime/api/http1.test.ts",
];

/** What `npm test` does of the random ten times over, and what is only worth it often. */
const config: ViteUserConfig = defineConfig({
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    env: { MAYFLY_FUZZ: process.env["MAYFLY_FUZZ"] ?? "10", ERL_FLAGS: "+sbwt none +sbwtdcpu none +sbwtdio none" },
    setupFiles: ["test/support/fuzz-setup.ts"],
    include: [
      "test/fuzz/**/*.test.ts",
      "test/contract/random-faults.test.ts",
      "test/contract/elixir-random-faults.test.ts",
      ...PROPERTIES,
    ],
    // No measure of anything: by then nothing happens any more, on however busy a machine.
    testTimeout: 900_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
  },
});

export default config;
