import { defineConfig, type MayflyConfig } from "mayfly";

/** Servers that listen by themselves, each with its way to do well or badly. */
const config: MayflyConfig = defineConfig({
  include: ["public", { from: "bin", to: "programs" }],
  functions: {
    server: { web: { command: "node src/server.ts" } },
    ipv6: { web: { command: "node src/server.ts ::1", readyPath: "/ready", eventPath: "/events" } },
    streamed: { web: { command: "node src/server.ts" }, url: { stream: true } },
    events: { web: { command: "src/server.ts", eventPath: "/events" } },
    ahead: { web: { command: "node --import ./src/ahead.ts --conditions x src/server.ts" } },
    python: { web: { command: "programs/server.py", readyPath: "/ready" } },
    starting: { web: { command: ["node", "src/starting.ts", "1200"] } },
    never: { web: { command: ["bun", "src/starting.ts", "never"], startTimeout: 3 } },
    unhealthy: { web: { command: "node src/server.ts", startTimeout: 1, readyPath: "/unhealthy" } },
    dying: { web: { command: "node src/dying.ts" } },
    absent: { web: { command: "no-such-program --serve" } },
    fixed: { web: { command: "node src/server.ts", port: Number(process.env["TEST_PORT"] ?? 9) } },
    shell: { web: { command: ["sh", "-c", 'exec programs/server.py "$PORT"'] } },
  },
});

export default config;
