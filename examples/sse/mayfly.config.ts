import { defineConfig } from "mayfly";

export default defineConfig({
  functions: {
    // A URL with the invoke mode RESPONSE_STREAM.
    ticks: { entry: "src/ticks.ts", timeout: 60, url: { stream: true } },
  },
});
