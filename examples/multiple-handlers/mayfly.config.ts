import { defineConfig } from "mayfly";

export default defineConfig({
  functions: {
    createUser: { entry: "src/users.ts", handler: "users.create", timeout: 5 },
    listUsers: { entry: "src/users.ts", handler: "users.list" },
    report: { entry: "src/report.ts", handler: "report.monthly", memory: 512, environment: { CURRENCY: "EUR" } },
  },
});
