import { defineConfig, type MayflyConfig } from "mayfly";

const config: MayflyConfig = defineConfig({ web: { readyPath: "/ready" } });

export default config;
