import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ProcessExit } from "../function-errors.ts";
import { LogLines } from "../log.ts";
import { processTree } from "./process-table.ts";
import type { Reaper } from "./reaper.ts";
import { systemErrorCode } from "../../support/system-error.ts";

export interface ProcessPlan {
  /** Executed as it is, without a shell. */
  readonly file: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  readonly reaper: Reaper;
}

export type ProcessStart =
  | { readonly kind: "started"; readonly group: ProcessGroup }
  /** `reason` in the words of the C library, as Lambda reports it. */
  | { readonly kind: "failed"; readonly reason: string };

/** How long a grandchild may hold the output pipes open after the process itself has ended. */
const PIPE_GRACE_MS = 250;

const MAX_TURNS = 100;

/** A process that leads its own group, so that signals reach all it starts. */
export class ProcessGroup {
  readonly pid: number;
  /** Resolves when the process has ended and its output has been read. */
  readonly ended: Promise<ProcessExit>;
  readonly #outputs: readonly Output[];

  static async start(plan: ProcessPlan): Promise<ProcessStart> {
    // `detached` is what makes the process a group leader; a bare `spawn` shares ours.
    const child = spawn(plan.file, [], {
      cwd: plan.cwd,
      env: { ...plan.environment },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const outputs = [new Output(child.stdout, plan.onLine), new Output(child.stderr, plan.onLine)];
    const exit = new Promise<ProcessExit>((resolve) => {
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
    const failure = await spawnOutcome(child);
    if (failure !== undefined || child.pid === undefined) return { kind: "failed", reason: failure ?? "no process id" };
    return { kind: "started", group: new ProcessGroup(child.pid, exit, outputs, plan.reaper) };
  }

  private constructor(pid: number, exit: Promise<ProcessExit>, outputs: readonly Output[], reaper: Reaper) {
    this.pid = pid;
    this.#outputs = outputs;
    reaper.watch(pid);
    this.ended = exit.then(async (result) => {
      // The leader is gone; on Lambda nothing it started outlives it.
      this.kill();
      reaper.forget(pid);
      await Promise.race([Promise.all(outputs.map((one) => one.closed)), delay(PIPE_GRACE_MS)]);
      return result;
    });
  }

  freeze(): void {
    signalGroup(this.pid, "SIGSTOP");
  }

  thaw(): void {
    signalGroup(this.pid, "SIGCONT");
  }

  terminate(): void {
    signalGroup(this.pid, "SIGTERM");
  }

  /** Ends the group and whatever descends from it. A frozen process dies too. */
  kill(): void {
    const tree = processTree(this.pid);
    signalGroup(this.pid, "SIGKILL");
    for (const pid of tree) if (pid !== this.pid) signal(pid, "SIGKILL");
  }

  /** Resolves when everything the process wrote before this call has become log lines, an unfinished last one too. */
  async outputRead(): Promise<void> {
    // What the pipes held is delivered within one turn of the event loop; a turn without output says they are empty.
    // The second one is for engines that run immediates before they poll.
    let quiet = 0;
    // A process that never stops writing must not keep us reading for ever.
    for (let turn = 0; turn < MAX_TURNS && quiet < 2; turn++) {
      const before = this.#chunks();
      await nextTurn();
      quiet = this.#chunks() === before ? quiet + 1 : 0;
    }
    for (const output of this.#outputs) output.flush();
  }

  #chunks(): number {
    return this.#outputs.reduce((sum, output) => sum + output.chunks, 0);
  }
}

/** One output pipe of the process, read as lines. */
class Output {
  readonly closed: Promise<void>;
  readonly #splitter: LogLines;
  /** Read so far. */
  chunks = 0;

  constructor(stream: Readable, onLine: (line: string) => void) {
    this.#splitter = new LogLines(onLine);
    stream.on("data", (chunk: Buffer) => {
      this.chunks += 1;
      this.#splitter.write(chunk);
    });
    this.closed = new Promise((resolve) => {
      stream.once("close", () => {
        this.flush();
        resolve();
      });
    });
  }

  flush(): void {
    this.#splitter.flush();
  }
}

/** Undefined when the process runs. */
function spawnOutcome(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once("spawn", () => resolve(undefined));
    child.on("error", (error: NodeJS.ErrnoException) => resolve(SPAWN_FAILURES[error.code ?? ""] ?? error.message));
  });
}

const SPAWN_FAILURES: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  ENOEXEC: "exec format error",
};

function signalGroup(leader: number, name: NodeJS.Signals): void {
  signal(-leader, name);
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

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
