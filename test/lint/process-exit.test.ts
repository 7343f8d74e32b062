import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mayfly-lint-"));
  cpSync(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The rules that the file breaks when it stands at `path` in a checkout. */
function rulesBroken(path: string, code: string): string[] {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), code);
  const oxlint = join(root, "node_modules/.bin/oxlint");
  const run = spawnSync(oxlint, ["--format=json", path], { cwd: folder, encoding: "utf8" });
  const report: unknown = JSON.parse(run.stdout);
  if (typeof report !== "object" || report === null || !("diagnostics" in report)) throw new Error(run.stdout);
  if (!Array.isArray(report.diagnostics)) throw new Error(run.stdout);
  return report.diagnostics.map((found: unknown) =>
    typeof found === "object" && found !== null && "code" in found ? String(found.code) : "unnamed",
  );
}

describe("process.exit", () => {
  test("fails the lint in a library", () => {
    expect(rulesBroken("src/local/a.ts", "process.exit(1);\n")).toContain("unicorn(no-process-exit)");
  });

  test.each(["src/cli/a.ts", "src/runtime/a.ts"])("passes in %s, which owns its process", (path) => {
    expect(rulesBroken(path, "process.exit(1);\n")).toEqual([]);
  });
});
