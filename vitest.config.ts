import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/outside/**", "test/package/**", "test/fixtures/**"],
    // No measure of anything: by then nothing happens any more, on however busy a machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Real bootstraps and builds compete for the cores: more files at once only makes each slower.
    maxWorkers: 2,
  },
});

export default config;
