import { join } from "node:path";
import { SHUTDOWN_GRACE_MS } from "../../protocol/limits.ts";
import type { Clock } from "./clock.ts";
import { entrypointProblem } from "./entrypoint.ts";
import type { ProcessExit } from "../function-errors.ts";
import type { Invocation } from "../invocation.ts";
import { MemoryWatch } from "./memory-watch.ts";
import { ProcessGroup } from "./process-group.ts";
import type { Reaper } from "./reaper.ts";
import { RuntimeApi, type FunctionIdentity } from "../runtime-api/runtime-api.ts";
import { Session, type RuntimeInit } from "../runtime-api/session.ts";

export interface SandboxPlan {
  readonly taskRoot: string;
  /** Of its environment, once the address of the Runtime API is known. */
  readonly variables: (runtimeApi: string) => Readonly<Record<string, string>>;
  readonly identity: FunctionIdentity;
  readonly concurrent: boolean;
  /** Off, nothing samples the memory while the process runs, which takes time, and no limit holds. */
  readonly watchMemory: boolean;
  /** A process tree that holds more is killed. Infinity for no limit. */
  readonly memoryLimitBytes: number;
  readonly onLine: (line: string) => void;
  readonly reaper: Reaper;
}

export type SandboxStart =
  | { readonly kind: "started"; readonly sandbox: Sandbox }
  | { readonly kind: "invalid-entrypoint"; readonly reason: string };

/** How an invocation ended for the process: it is through with it, it is gone, or it still runs past the time. */
export type Served =
  | { readonly kind: "done" }
  | { readonly kind: "exited"; readonly exit: ProcessExit }
  | { readonly kind: "timeout" };

/** One process of the function, from its start to its death, with the Runtime API that only it can reach. */
export class Sandbox {
  readonly #session: Session;
  readonly #api: RuntimeApi;
  readonly #process: ProcessGroup;
  readonly #memory: MemoryWatch;
  readonly #watchMemory: boolean;
  #frozen = false;
  #ending = false;
  readonly ended: Promise<ProcessExit>;
  /** When the process was started, on the clock of `performance.now()`. */
  readonly startedAt: number;

  static async start(plan: SandboxPlan): Promise<SandboxStart> {
    const file = join(plan.taskRoot, "bootstrap");
    const problem = await entrypointProblem(file);
    if (problem !== undefined) return { kind: "invalid-entrypoint", reason: problem };
    const session = new Session({ concurrent: plan.concurrent });
    const api = await RuntimeApi.listen(session, plan.identity);
    const environment = plan.variables(api.address);
    const startedAt = performance.now();
    const { taskRoot: cwd, onLine, reaper } = plan;
    const start = await ProcessGroup.start({ file, cwd, environment, onLine, reaper });
    if (start.kind === "failed") {
      await api.close();
      return { kind: "invalid-entrypoint", reason: start.reason };
    }
    return { kind: "started", sandbox: new Sandbox(plan, session, api, start.group, startedAt) };
  }

  private constructor(plan: SandboxPlan, session: Session, api: RuntimeApi, group: ProcessGroup, startedAt: number) {
    this.startedAt = startedAt;
    this.#watchMemory = plan.watchMemory;
    this.#session = session;
    this.#api = api;
    this.#process = group;
    this.#memory = new MemoryWatch(group.pid, plan.memoryLimitBytes, () => group.kill());
    if (this.#watchMemory) this.#memory.start();
    this.ended = group.ended.then(async (exit) => {
      this.#memory.stop();
      await this.#api.close();
      return exit;
    });
  }

  get initialised(): Promise<RuntimeInit> {
    return this.#session.initialised;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** The most memory seen so far. */
  get maxMemoryMb(): number {
    return this.#memory.maxMb;
  }

  /** Hands over an invocation with the time that `clock` leaves it. */
  serve(invocation: Invocation, clock: Clock): Promise<Served> {
    return Promise.race([
      this.#session.deliver(invocation, clock.deadlineMs).then(() => ({ kind: "done" }) as const),
      this.ended.then((exit) => ({ kind: "exited", exit }) as const),
      clock.expired.then(() => ({ kind: "timeout" }) as const),
    ]);
  }

  abandon(invocation: Invocation): void {
    this.#session.abandon(invocation);
  }

  /** Reads the remaining output and takes the memory's measure: what a REPORT needs. */
  async settle(): Promise<void> {
    await this.#process.outputRead();
    this.#memory.measure();
  }

  /** Not once it has been asked to end: the invocation before may be over only then. */
  freeze(): void {
    if (this.#ending) return;
    this.#memory.stop();
    this.#frozen = true;
    this.#process.freeze();
  }

  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    this.#process.thaw();
    if (this.#watchMemory) this.#memory.start();
  }

  /**
   * Ends the process as Lambda does: at once, unless an extension asked for notice; then SIGTERM and half a second.
   * Resolves when it is gone.
   */
  async shutdown(): Promise<void> {
    this.#ending = true;
    if (this.#session.hasExtensions) {
      this.#process.terminate();
      // A frozen process gets the signal only when it runs again.
      this.thaw();
      await Promise.race([this.ended, grace()]);
    }
    this.#process.kill();
    await this.ended;
  }
}

function grace(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, SHUTDOWN_GRACE_MS);
  });
}
