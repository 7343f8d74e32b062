import { defineConfig, type ViteUserConfig } from "vitest/config";

/** What `npm test` does of everything random, ten times over. */
const config: ViteUserConfig = defineConfig({
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    env: { MAYFLY_FUZZ: "10", ERL_FLAGS: "+sbwt none +sbwtdcpu none +sbwtdio none" },
    include: ["test/contract/random-faults.test.ts", "test/contract/elixir-random-faults.test.ts"],
    // No measure of anything: by then nothing happens any more, on however busy a machine.
    testTimeout: 900_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
  },
});

export default config;
