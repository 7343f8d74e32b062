import { execFileSync } from "node:child_process";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { withoutElixir } from "./mix-project.ts";

const root = join(import.meta.dirname, "../..");

test.skipIf(withoutElixir)("the Elixir in this repository is formatted as mix does it", () => {
  const listed = execFileSync("git", ["ls-files", "*.ex", "*.exs"], { cwd: root, encoding: "utf8" });
  const files = listed.trim().split("\n");
  expect(files.length).toBeGreaterThan(5);
  // In a folder without a mix.exs, whose project would be set up first.
  const from = join(root, "elixir");
  const paths = files.map((file) => relative(from, join(root, file)));
  execFileSync("mix", ["format", "--check-formatted", ...paths], { cwd: from, stdio: "pipe" });
});
