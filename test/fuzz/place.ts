import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { pick } from "../contract/random.ts";
import { eventually } from "../support/eventually.ts";
import { COMMAND } from "../support/run-mayfly.ts";

export const SEED: number = Number(process.env["MAYFLY_FAULT_SEED"] ?? 20_260_101);

/** Signals, with what a command ends with. */
export const ENDS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGKILL: null } as const;
export type End = keyof typeof ENDS;

export function anyEnd(random: () => number): End {
  return pick<End>(random, [
    ["SIGINT", 1],
    ["SIGTERM", 1],
    ["SIGHUP", 1],
    ["SIGKILL", 1],
  ]);
}

/** In the environment of every process of one run. */
const MARK = "MAYFLY_FUZZ_RUN";

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly output: () => string;
}

/** A small project with folders of its own for all that Mayfly writes elsewhere. */
export interface Place extends Disposable {
  readonly project: string;
  readonly start: (mark: string, args: readonly string[]) => Started;
  /** What is in the temporary folder. */
  readonly temporary: () => readonly string[];
}

export function place(): Place {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "mayfly-signals-")));
  const project = join(home, "project");
  mkdirSync(join(project, "src"), { recursive: true });
  mkdirSync(join(home, "tmp"));
  writeFileSync(join(project, "package.json"), `{ "type": "module" }`);
  writeFileSync(join(project, "src/hello.ts"), "export const handle = () => 'hello';\n");
  return {
    project,
    temporary: () => readdirSync(join(home, "tmp")),
    start(mark, args) {
      const child = spawn(process.execPath, [COMMAND, ...args], {
        cwd: project,
        env: { ...process.env, TMPDIR: join(home, "tmp"), MAYFLY_CACHE_DIR: join(home, "cache"), [MARK]: mark },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let said = "";
      for (const stream of [child.stdout, child.stderr])
        stream?.on("data", (chunk: Buffer) => (said += chunk.toString()));
      const ended = new Promise<number | null>((settle) => {
        child.once("close", settle);
      });
      return { child, ended, output: () => said };
    },
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Waits until no process of a run is alive. */
export async function gone(mark: string, what: string): Promise<void> {
  await eventually(() => {
    const alive = readdirSync("/proc").filter(
      (pid) => /^\d+$/.test(pid) && environmentOf(pid).includes(`\0${MARK}=${mark}\0`),
    );
    expect(
      alive.map((pid) => [pid, readProc(pid, "cmdline")]),
      what,
    ).toEqual([]);
  });
}

function environmentOf(pid: string): string {
  return `\0${readProc(pid, "environ")}`;
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // It ended between the two looks, or is of somebody else.
    return "";
  }
}
