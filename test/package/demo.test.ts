import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test("npm run demo prints the answer, the log of the invocation and how long init took", () => {
  const cwd = join(import.meta.dirname, "../..");
  const demo = spawnSync("npm", ["run", "demo", "--silent"], { cwd, encoding: "utf8" });
  expect(demo.status, demo.stderr).toBe(0);
  expect(demo.stdout).toContain(`{"message":"Hello Ada, from hello"}`);
  const [, requestId = "no id"] = /^START RequestId: (\S+) Version: \$LATEST$/m.exec(demo.stderr) ?? [];
  expect(demo.stderr).toContain(`END RequestId: ${requestId}`);
  expect(demo.stderr).toMatch(new RegExp(`^REPORT RequestId: ${requestId}\t.*Init Duration: [\\d.]+ ms`, "m"));
}, 120_000);
