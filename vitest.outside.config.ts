import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Mayfly against parts that others made. `test/outside/install.sh` installs them. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/outside/**/*.test.ts", "test/package/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/outside/.venv/**"],
    // Real processes on a machine that others load: CI gives a test that fails a second try, and the report says so.
    retry: process.env["CI"] === undefined ? 0 : 1,
    testTimeout: 60_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
  },
});

export default config;
