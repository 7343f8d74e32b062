import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll } from "vitest";

const here = dirname(fileURLToPath(import.meta.url));
const cli = join(here, "../../bin/mayfly.js");

const outdirs: string[] = [];
// Registered while the test file loads: a hook can't add one.
afterAll(async () => {
  for (const outdir of outdirs) await rm(outdir, { recursive: true, force: true });
});

/** Builds entries of the fixture project with the real command line; returns the bootstrap's path. */
export async function buildFixture(
  name: string,
  entries: readonly string[],
  flags: readonly string[] = [],
): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), `mayfly-${name}-`));
  outdirs.push(outdir);
  await promisify(execFile)(process.execPath, [cli, "build", ...entries, "--outdir", outdir, "--json", ...flags], {
    cwd: join(here, "typescript"),
  });
  return join(outdir, "bootstrap");
}
