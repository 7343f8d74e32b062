import { execFile, spawnSync } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll } from "vitest";

const here = dirname(fileURLToPath(import.meta.url));
const cli = join(here, "../../bin/mayfly.js");

/** Elixir's tests need Elixir. In CI they must not pass by being skipped. */
export const withoutElixir: boolean =
  process.env["CI"] === undefined && spawnSync("mix", ["--version"], { stdio: "ignore" }).error !== undefined;

const folders: string[] = [];
// Registered while the test file loads: a hook can't add one.
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** Builds a Mix project beside this file with the real command line; returns the bootstrap's path. */
export async function buildMixFixture(name: "elixir" | "elixir-examples" = "elixir"): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mayfly-mix-"));
  folders.push(folder);
  const [project, outdir] = [join(folder, "project"), join(folder, "package")];
  // Test files run at the same time, and mix locks its build folder.
  await cp(join(here, name), project, { recursive: true });
  await cp(join(here, "../elixir/projects/shop/vendor"), join(project, "vendor"), { recursive: true });
  await promisify(execFile)(process.execPath, [cli, "build", "--host", "--outdir", outdir, "--json"], {
    cwd: project,
    env: { ...process.env, MAYFLY_CACHE_DIR: join(folder, "cache") },
  });
  return join(outdir, "bootstrap");
}
