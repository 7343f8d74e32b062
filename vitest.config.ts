import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/outside/**", "test/package/**", "test/fixtures/**"],
    // Real processes on a machine that others load: CI gives a test that fails a second try, and the report says so.
    retry: process.env["CI"] === undefined ? 0 : 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Real bootstraps and builds compete for the cores: more files at once only makes each slower.
    maxWorkers: 2,
  },
});

export default config;
