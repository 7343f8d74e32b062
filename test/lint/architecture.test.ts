import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/architecture.md"), "utf8");

/** Names of files in the text: `loop.ts`, `runtime/loop.ts`, `elixir/src/mayfly_agent.erl`. */
const NAMED = /`([\w./-]+\.(?:ts|mjs|js|erl|ex|exs|c|S|sh|md))`/g;

/** Files of users, not of this project. */
const USERS = new Set(["mayfly.config.ts"]);

/** What a checkout has, added and not yet committed files among them. */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
}).split("\n");

const named = [...new Set([...page.matchAll(NAMED)].map(([, name = ""]) => name))].filter((name) => !USERS.has(name));

test("docs/architecture.md names files that are there, each in a way that means one", () => {
  expect(named.length).toBeGreaterThan(100);
  const wrong = named.flatMap((name) => {
    const whole = files.filter((file) => file === name || file === `src/${name}`);
    const meant = whole.length > 0 ? whole : files.filter((file) => file.endsWith(`/${name}`));
    return meant.length === 1 ? [] : [{ name, meant }];
  });
  expect(wrong).toEqual([]);
});

test("the folders that it shows are those of src", () => {
  const [, tree = ""] = /```\nsrc\/\n([^]*?)```/.exec(page) ?? [];
  const shown = tree.split("\n").reduce<{ path: string[]; all: string[] }>(
    ({ path, all }, line) => {
      const [, indent = "", name] = /^((?: {2})+)([\w-]+)\/ /.exec(line) ?? [];
      if (name === undefined) return { path, all };
      const here = [...path.slice(0, indent.length / 2 - 1), name];
      return { path: here, all: [...all, here.join("/")] };
    },
    { path: [], all: [] },
  ).all;
  const there = new Set(
    files.filter((file) => /^src\/.*\.ts$/.test(file)).map((file) => file.split("/").slice(1, -1).join("/")),
  );
  // Named in the line of their parents.
  const inside = ["build/bundle/defer", "build/layout/elf", "cli/commands"];
  expect(shown.toSorted()).toEqual([...there].filter((one) => one !== "" && !inside.includes(one)).toSorted());
});
