import { defineConfig, type MayflyConfig } from "mayfly";

/** What Next.js says to copy, where it says to copy it. */
const config: MayflyConfig = defineConfig({
  functions: {
    site: {
      web: { command: "node server.js" },
      include: [{ from: ".next/standalone", to: "." }, ".next/static", "public", "!**/node_modules/@img/**"],
      memory: 512,
      timeout: 15,
    },
  },
});

export default config;
