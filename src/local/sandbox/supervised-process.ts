import { spawn, type ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { packageRoot } from "../../support/package-root.cjs";
import type { ProcessExit } from "../function-errors.ts";
import { deferred, type Deferred } from "../invocation.ts";
import { LogLines } from "../log.ts";
import { spawnFailure, type FunctionProcess, type ProcessPlan, type ProcessStart } from "./function-process.ts";
import { ProcessOutput } from "./process-output.ts";

/** A look takes 0.1 ms of processor time; what begins and ends between two of them isn't seen. */
const WATCH_MS = 50;

/** What the supervisor understands; launcher/supervisor.c. */
type Command = "measure" | "freeze" | "continue" | "terminate" | "kill";

/** A process under launcher/supervisor.c, which holds everything that descends from it; Linux only. */
export class SupervisedProcess implements FunctionProcess {
  readonly #supervisor: ChildProcess;
  readonly #output: ProcessOutput;
  readonly #started: Deferred<ProcessStart> = deferred();
  readonly #exit: Deferred<ProcessExit> = deferred();
  readonly #measures: Deferred<void>[] = [];
  readonly ended: Promise<ProcessExit>;
  #pid = 0;
  #maxKilobytes = 0;
  #hasEnded = false;

  static start(plan: ProcessPlan): Promise<ProcessStart> {
    return new SupervisedProcess(plan).#started.promise;
  }

  private constructor(plan: ProcessPlan) {
    const limit = Number.isFinite(plan.memoryLimitBytes) ? Math.floor(plan.memoryLimitBytes / 1024) : 0;
    const args = [String(plan.watchMemory ? WATCH_MS : 0), String(limit), plan.file];
    // In a session of its own: no Ctrl-C may reach it before it has been told what to do.
    this.#supervisor = spawn(supervisorFile(), args, {
      cwd: plan.cwd,
      env: { ...plan.environment },
      detached: true,
      stdio: ["pipe", "pipe", "pipe", "pipe"],
    });
    const { stdin, stdout, stderr, stdio } = this.#supervisor;
    this.#output = new ProcessOutput(
      [stdout, stderr].filter((stream) => stream !== null),
      plan.onLine,
    );
    // It has ended, which its last words say.
    stdin?.on("error", () => undefined);
    this.#supervisor.on("error", (error) => this.#lost(error.message));
    const words = stdio[3];
    if (words instanceof Readable) {
      const lines = new LogLines((line) => this.#hear(line));
      words.on("data", (chunk: Buffer) => lines.write(chunk));
      words.once("close", () => this.#lost("its supervisor was killed"));
    }
    const supervisorId = this.#supervisor.pid;
    if (supervisorId !== undefined) plan.reaper.awaits(supervisorId);
    this.ended = this.#exit.promise.then(async (exit) => {
      if (supervisorId !== undefined) plan.reaper.forget(supervisorId);
      await this.#output.readToEnd();
      return exit;
    });
  }

  get pid(): number {
    return this.#pid;
  }

  get maxMemoryMb(): number {
    return Math.ceil(this.#maxKilobytes / 1024);
  }

  freeze(): void {
    this.#tell("freeze");
  }

  thaw(): void {
    this.#tell("continue");
  }

  terminate(): void {
    this.#tell("terminate");
  }

  kill(): void {
    this.#tell("kill");
  }

  async settle(): Promise<void> {
    if (!this.#hasEnded) {
      const measure = deferred<void>();
      this.#measures.push(measure);
      this.#tell("measure");
      await measure.promise;
    }
    await this.#output.readSoFar();
  }

  #tell(command: Command): void {
    if (!this.#hasEnded) this.#supervisor.stdin?.write(command.slice(0, 1));
  }

  #hear(line: string): void {
    const [word = "", ...values] = line.split(" ");
    const [first = 0, second = 0, third = 0] = values.map(Number);
    switch (word) {
      case "started":
        this.#pid = first;
        this.#started.resolve({ kind: "started", process: this });
        break;
      case "failed":
        this.#started.resolve({ kind: "failed", reason: spawnFailure(nameOf(constants.errno, first)) });
        break;
      case "memory":
        this.#maxKilobytes = Math.max(this.#maxKilobytes, first);
        this.#measures.shift()?.resolve();
        break;
      case "ended":
        this.#maxKilobytes = Math.max(this.#maxKilobytes, third);
        this.#end(second === 0 ? { code: first, signal: null } : { code: null, signal: signalOf(second) });
        break;
    }
  }

  /** The supervisor is gone. What it held goes with it: each of its two processes does the work if the other can't. */
  #lost(reason: string): void {
    this.#started.resolve({ kind: "failed", reason });
    this.#end({ code: null, signal: "SIGKILL" });
  }

  #end(exit: ProcessExit): void {
    this.#hasEnded = true;
    this.#exit.resolve(exit);
    for (const measure of this.#measures.splice(0)) measure.resolve();
  }
}

function supervisorFile(): string {
  return join(packageRoot(), "launcher", `supervisor-${process.arch === "arm64" ? "arm64" : "x86_64"}`);
}

function nameOf(numbers: Readonly<Record<string, number>>, wanted: number): string {
  return Object.entries(numbers).find(([, number]) => number === wanted)?.[0] ?? String(wanted);
}

function signalOf(wanted: number): NodeJS.Signals {
  const name = nameOf(constants.signals, wanted);
  return isSignal(name) ? name : "SIGKILL";
}

function isSignal(name: string): name is NodeJS.Signals {
  return name in constants.signals;
}
