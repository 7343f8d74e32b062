import { spawnSync } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { mixCache, shared, sharedBuild } from "../support/shared.ts";

/** Elixir's tests need Elixir. In CI they must not pass by being skipped. */
export const withoutElixir: boolean =
  process.env["CI"] === undefined && spawnSync("mix", ["--version"], { stdio: "ignore" }).error !== undefined;

/** Builds a Mix project beside this file with the real command line; returns the bootstrap's path. */
export async function buildMixFixture(name: "elixir" | "elixir-examples" = "elixir"): Promise<string> {
  const project = await shared(`the Mix project ${name}`, async (folder) => {
    await cp(join(import.meta.dirname, name), folder, { recursive: true });
    await cp(join(import.meta.dirname, "../elixir/projects/shop/vendor"), join(folder, "vendor"), { recursive: true });
  });
  return join(await sharedBuild({ cwd: project, flags: ["--host"], environment: mixCache() }), "bootstrap");
}
