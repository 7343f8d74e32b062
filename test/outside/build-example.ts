import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** A folder with the `bootstrap` that the real command line builds from `examples/<name>`. To be removed after use. */
export function buildExample(name: string): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), `mayfly-outside-${name}-`));
  const command = [join(root, "bin/mayfly.js"), "build", join(root, "examples", name), "--outdir", folder];
  const built = spawnSync(process.execPath, command, { encoding: "utf8" });
  if (built.status !== 0) throw new Error(`mayfly build examples/${name} failed:\n${built.stdout}${built.stderr}`);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
