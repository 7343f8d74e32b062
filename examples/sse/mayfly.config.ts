import { defineConfig } from "mayfly";

export default defineConfig({
  functions: {
    // The function's URL has the invoke mode RESPONSE_STREAM; the event doesn't tell, so this does.
    ticks: { entry: "src/ticks.ts", timeout: 60, environment: { MAYFLY_RESPONSE_MODE: "stream" } },
  },
});
