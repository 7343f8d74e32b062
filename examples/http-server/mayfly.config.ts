import { defineConfig } from "mayfly";

export default defineConfig({
  web: { command: "node src/server.ts" },
  include: ["public"],
});
