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

const IMPORT_RULE = "eslint(no-restricted-imports)";

describe("an import against the direction of the code fails the lint", () => {
  test.each([
    ["src/protocol/a.ts", "../fault.ts"],
    ["src/protocol/a.ts", "node:net"],
    ["src/protocol/a.ts", "zod"],
    ["src/http/a.ts", "../runtime/b.ts"],
    ["src/http/a.ts", "../fault.ts"],
    ["src/http/a.ts", "node:buffer"],
    ["src/http/a.ts", "zod"],
    ["src/runtime/a.ts", "../local/b.ts"],
    ["src/runtime/hosts/a.ts", "../../build/b.ts"],
    ["src/runtime/a.ts", "../config.ts"],
    ["src/runtime/a.ts", "zod"],
    ["src/runtime/a.ts", "@aws-sdk/client-lambda"],
    ["src/local/a.ts", "../runtime/b.ts"],
    ["src/local/a.ts", "../build/b.ts"],
    ["src/testing/a.ts", "../build/b.ts"],
    ["src/project/a.ts", "../build/b.ts"],
    ["src/build/a.ts", "../runtime/b.ts"],
    ["src/build/a.ts", "../local/b.ts"],
    ["src/build/a.ts", "../cli/b.ts"],
    ["src/local/a.ts", "../cli/b.ts"],
    ["src/local/a.ts", "../bench/b.ts"],
    ["src/build/a.ts", "../bench/b.ts"],
    ["src/bench/a.ts", "../runtime/b.ts"],
    ["src/bench/a.ts", "../cli/b.ts"],
    ["src/index.ts", "./cli/b.ts"],
  ])("%s importing %s", (path, specifier) => {
    expect(rulesBroken(path, `import { b } from "${specifier}";\nb();\n`)).toContain(IMPORT_RULE);
  });

  test("for a type import too", () => {
    expect(rulesBroken("src/runtime/a.ts", `import type { B } from "../local/b.ts";\nexport type A = B;\n`)).toContain(
      IMPORT_RULE,
    );
  });
});

describe("an import along the direction of the code passes", () => {
  test.each([
    ["src/protocol/a.ts", "./b.ts"],
    ["src/http/a.ts", "../protocol/b.ts"],
    ["src/http/a.ts", "./b.ts"],
    ["src/runtime/a.ts", "../http/b.ts"],
    ["src/local/a.ts", "../http/b.ts"],
    ["src/runtime/a.ts", "../protocol/b.ts"],
    ["src/runtime/hosts/a.ts", "../../fault.ts"],
    ["src/runtime/a.ts", "node:async_hooks"],
    ["src/local/a.ts", "../protocol/b.ts"],
    ["src/local/a.ts", "node:http"],
    ["src/testing/a.ts", "../local/b.ts"],
    ["src/build/a.ts", "../project/b.ts"],
    ["src/bench/a.ts", "../local/b.ts"],
    ["src/bench/a.ts", "../build/b.ts"],
    ["src/cli/commands/a.ts", "../../build/b.ts"],
    ["src/cli/commands/a.ts", "../report.ts"],
  ])("%s importing %s", (path, specifier) => {
    expect(rulesBroken(path, `import { b } from "${specifier}";\nb();\n`)).toEqual([]);
  });
});

describe("process.exit", () => {
  test("fails the lint in a library", () => {
    expect(rulesBroken("src/local/a.ts", "process.exit(1);\n")).toContain("unicorn(no-process-exit)");
  });

  test.each(["src/cli/a.ts", "src/runtime/a.ts"])("passes in %s, which owns its process", (path) => {
    expect(rulesBroken(path, "process.exit(1);\n")).toEqual([]);
  });
});
