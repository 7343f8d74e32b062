import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./engine-cache.ts";

/** Beside a project's compiled modules: where the project is. */
const OWNER = "project";

/**
 * The folder that keeps what mix compiles of a project, so that nothing appears in the project and the next build
 * compiles only what changed. Folders of projects that are gone are removed.
 */
export function mixBuildPath(root: string, mode: string): string {
  const home = join(cacheFolder(process.env), "mix");
  const name = createHash("sha256").update(`${root}\n${mode}`).digest("hex").slice(0, 16);
  mkdirSync(join(home, name), { recursive: true });
  writeFileSync(join(home, name, OWNER), root);
  for (const one of readdirSync(home)) {
    const owner = join(home, one, OWNER);
    if (existsSync(owner) && !existsSync(readFileSync(owner, "utf8"))) {
      rmSync(join(home, one), { recursive: true, force: true });
    }
  }
  return join(home, name, "build");
}
