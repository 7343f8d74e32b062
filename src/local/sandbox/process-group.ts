import { spawn, type ChildProcess } from "node:child_process";
import type { ProcessExit } from "../function-errors.ts";
import { spawnFailure, type FunctionProcess, type ProcessPlan, type ProcessStart } from "./function-process.ts";
import { MemoryWatch } from "./memory-watch.ts";
import { ProcessOutput } from "./process-output.ts";
import { GroupMembers } from "./group-members.ts";
import { systemErrorCode } from "../../support/system-error.ts";

/** A process that leads its own group, so that signals reach all it starts: for systems that have nothing better. */
export class ProcessGroup implements FunctionProcess {
  readonly pid: number;
  readonly ended: Promise<ProcessExit>;
  readonly #output: ProcessOutput;
  readonly #members: GroupMembers;
  readonly #memory: MemoryWatch;
  readonly #watchMemory: boolean;

  static async start(plan: ProcessPlan): Promise<ProcessStart> {
    // `detached` is what makes the process a group leader; a bare `spawn` shares ours.
    const child = spawn(plan.file, [], {
      cwd: plan.cwd,
      env: { ...plan.environment },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = new ProcessOutput([child.stdout, child.stderr], plan.onLine);
    const exit = new Promise<ProcessExit>((resolve) => {
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
    const failure = await spawnOutcome(child);
    if (failure !== undefined || child.pid === undefined) return { kind: "failed", reason: failure ?? "no process id" };
    return { kind: "started", process: new ProcessGroup(child.pid, exit, output, plan) };
  }

  private constructor(pid: number, exit: Promise<ProcessExit>, output: ProcessOutput, plan: ProcessPlan) {
    this.pid = pid;
    this.#output = output;
    this.#members = new GroupMembers(pid);
    this.#memory = new MemoryWatch(this.#members, plan.memoryLimitBytes, () => this.kill());
    this.#watchMemory = plan.watchMemory;
    if (this.#watchMemory) this.#memory.start();
    plan.reaper.watch(pid);
    this.ended = exit.then(async (result) => {
      this.#memory.stop();
      // The leader is gone; on Lambda nothing it started outlives it.
      this.kill();
      plan.reaper.forget(pid);
      await output.readToEnd();
      return result;
    });
  }

  get maxMemoryMb(): number {
    return this.#memory.maxMb;
  }

  freeze(): void {
    // Frozen processes can't grow.
    this.#memory.stop();
    signal(-this.pid, "SIGSTOP");
  }

  thaw(): void {
    signal(-this.pid, "SIGCONT");
    if (this.#watchMemory) this.#memory.start();
  }

  terminate(): void {
    signal(-this.pid, "SIGTERM");
  }

  /** Ends the group and whatever is known to descend from it. A frozen process dies too. */
  kill(): void {
    const { members } = this.#members.look();
    signal(-this.pid, "SIGKILL");
    for (const pid of members) if (pid !== this.pid) signal(pid, "SIGKILL");
  }

  async settle(): Promise<void> {
    await this.#output.readSoFar();
    this.#memory.sample();
  }
}

/** Undefined when the process runs. */
function spawnOutcome(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once("spawn", () => resolve(undefined));
    child.on("error", (error: NodeJS.ErrnoException) => resolve(spawnFailure(error.code ?? error.message)));
  });
}

function signal(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name);
  } catch (error) {
    // Already gone, or (macOS) only a zombie is left of the group: the wish is fulfilled.
    const code = systemErrorCode(error);
    if (code === "ESRCH" || code === "EPERM") return;
    throw error;
  }
}
