import { chmodSync, constants, lstatSync, mkdirSync, readdirSync, realpathSync } from "node:fs";
import { copyFile, lstat, mkdir, readdir, readlink, stat, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Fault } from "../../fault.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";
import { Reaper } from "../sandbox/reaper.ts";
import { removeTree } from "./remove-tree.ts";
import { unzip } from "./unzip.ts";

/** The files of a local Lambda: one folder under the system's temporary one, gone when it stops. */
export class PackageStore {
  readonly #root: string;
  /** For the case that we end without `remove`. */
  readonly reaper: Reaper;

  /** @throws Fault MAYFLY_FOLDER */
  constructor() {
    this.#root = realpathSync(makeTemporaryFolder("mayfly-lambda"));
    this.reaper = new Reaper(this.#root);
  }

  /**
   * Makes a read-only task root from a zip file, or from a folder that holds what the zip would.
   * @throws Fault MAYFLY_PACKAGE_NOT_FOUND, and those of `unzip`
   */
  async unpack(functionName: string, source: string): Promise<string> {
    const taskRoot = join(this.#root, functionName, "task");
    await mkdir(taskRoot, { recursive: true });
    const path = resolve(source);
    const info = await stat(path).catch((cause: unknown) => {
      throw new Fault("MAYFLY_PACKAGE_NOT_FOUND", `There is no package ${path}.`, {
        hint: "Build one with: mayfly build --zip",
        cause,
      });
    });
    if (info.isDirectory()) await copyTree(path, taskRoot);
    else await unzip(path, taskRoot);
    lock(taskRoot);
    return taskRoot;
  }

  /** What `/tmp` is to an environment: it outlives the environment's processes. */
  temporaryDirectory(functionName: string, environmentId: string): string {
    const path = join(this.#root, functionName, "tmp", environmentId);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  }

  remove(): void {
    removeTree(this.#root);
    this.reaper.dismiss();
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from)) {
    const source = join(from, entry);
    const target = join(to, entry);
    const info = await lstat(source);
    if (info.isSymbolicLink()) {
      await symlink(await readlink(source), target);
    } else if (info.isDirectory()) {
      await mkdir(target);
      await copyTree(source, target);
    } else if (info.isFile()) {
      // Shares the blocks where the file system can: a bootstrap has 90 MB.
      await copyFile(source, target, constants.COPYFILE_FICLONE);
    }
  }
}

/** World-readable and writable by nobody, as `/var/task`. (The superuser writes nevertheless.) */
function lock(folder: string): void {
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    const info = lstatSync(path);
    if (info.isSymbolicLink()) continue;
    if (info.isDirectory()) lock(path);
    else chmodSync(path, (info.mode & 0o111) === 0 ? 0o444 : 0o555);
  }
  chmodSync(folder, 0o555);
}
