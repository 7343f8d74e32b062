import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A fourteenth of a core is what 128 MB get: Lambda gives one core for 1,769 MB. */
const SHARE = 1 / 14;
/**
 * Microseconds. With the kernel's default of 100 ms a first invocation would get by with what one period holds, 7 ms.
 */
const PERIOD = 20_000;

/**
 * A control group whose processes share a part of a core once `limit` is called.
 * Source: the kernel's documentation of sched-bwc (version 1) and cgroup-v2.
 */
export class CpuQuota {
  readonly #folder: string;
  readonly #version: 1 | 2;

  constructor() {
    const root = controllerRoot();
    if (typeof root === "string") throw new Error(root);
    this.#version = root.version;
    this.#folder = join(root.folder, `mayfly-bench-${process.pid}`);
    mkdirSync(this.#folder, { recursive: true });
  }

  /** The command that moves itself into the group and becomes this one. */
  enter(command: readonly string[]): readonly string[] {
    const procs = join(this.#folder, "cgroup.procs");
    return ["/bin/sh", "-c", `echo $$ > "$0" && exec "$@"`, procs, ...command];
  }

  limit(): void {
    const quota = Math.round(PERIOD * SHARE);
    if (this.#version === 2) return this.#write("cpu.max", `${quota} ${PERIOD}`);
    this.#write("cpu.cfs_period_us", `${PERIOD}`);
    this.#write("cpu.cfs_quota_us", `${quota}`);
  }

  lift(): void {
    if (this.#version === 2) this.#write("cpu.max", "max");
    else this.#write("cpu.cfs_quota_us", "-1");
  }

  /** Its processes must have ended. */
  remove(): void {
    rmdirSync(this.#folder);
  }

  #write(file: string, value: string): void {
    writeFileSync(join(this.#folder, file), value);
  }
}

/** Why there is no quota here, if so. */
export function quotaProblem(): string | undefined {
  const root = controllerRoot();
  if (typeof root === "string") return root;
  try {
    new CpuQuota().remove();
    return undefined;
  } catch (error) {
    return `no control group can be made in ${root.folder}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** How the quota is made, for the report. */
export function quotaName(): string {
  const root = controllerRoot();
  if (typeof root === "string") return root;
  return `control groups, version ${root.version}: ${((PERIOD * SHARE) / 1_000).toFixed(2)} ms of every ${PERIOD / 1_000} ms`;
}

function controllerRoot(): { readonly version: 1 | 2; readonly folder: string } | string {
  const folder = "/sys/fs/cgroup";
  if (existsSync(join(folder, "cpu/cgroup.procs"))) {
    return { version: 1, folder: join(folder, "cpu") };
  }
  if (!existsSync(join(folder, "cgroup.subtree_control"))) return "no control groups are mounted at /sys/fs/cgroup";
  const enabled = readFileSync(join(folder, "cgroup.subtree_control"), "utf8").split(/\s+/);
  return enabled.includes("cpu") ? { version: 2, folder } : "the cpu controller is not enabled in /sys/fs/cgroup";
}
