import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Mayfly against parts that others made. `test/outside/install.sh` installs them. */
const config: ViteUserConfig = defineConfig({
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    include: ["test/outside/**/*.test.ts", "test/package/**/*.test.ts"],
    // The tests of others in .sources run in a bootstrap, not here.
    exclude: [
      "**/node_modules/**",
      "test/outside/.venv/**",
      "test/outside/**/.sources/**",
      "test/outside/projects/.installed/**",
    ],
    // No measure of anything: by then nothing happens any more, on however busy a machine.
    testTimeout: 300_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
    // Each of them builds.
    maxConcurrency: 2,
  },
});

export default config;
