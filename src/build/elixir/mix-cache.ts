import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode } from "../../support/system-error.ts";
import { cacheFolder } from "../cache-folder.ts";
import { withLock } from "./file-lock.ts";

/** Beside a project's compiled modules: where the project is. */
const OWNER = "project";
const NAME_LENGTH = 16;

/**
 * Gives `work` the folder that keeps what mix compiles of a project, so that nothing appears in the project and the
 * next build compiles only what changed. No other build of the project works there at the same time, since not every
 * version of mix sees to that itself.
 */
export async function withMixBuildPath<T>(root: string, mode: string, work: (path: string) => Promise<T>): Promise<T> {
  const home = join(cacheFolder(process.env), "mix");
  removeOrphans(home);
  const name = createHash("sha256").update(`${root}\n${mode}`).digest("hex").slice(0, NAME_LENGTH);
  const folder = join(home, name);
  mkdirSync(folder, { recursive: true });
  return withLock(join(folder, "lock"), () => {
    writeFileSync(join(folder, OWNER), root);
    return work(join(folder, "build"));
  });
}

/** Folders of projects that are gone. */
function removeOrphans(home: string): void {
  for (const name of existsSync(home) ? readdirSync(home) : []) {
    const folder = join(home, name);
    try {
      const project = readFileSync(join(folder, OWNER), "utf8");
      // Empty while it is being written.
      if (project === "" || existsSync(project)) continue;
      // Taken aside first, so that of several builds one removes it.
      const aside = join(home, `${name.slice(0, NAME_LENGTH)}.${process.pid}.gone`);
      renameSync(folder, aside);
      rmSync(aside, { recursive: true, force: true });
    } catch (error) {
      // Without an owner yet, or another build was faster.
      if (systemErrorCode(error) !== "ENOENT") throw error;
    }
  }
}
