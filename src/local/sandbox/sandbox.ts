import { join } from "node:path";
import { SHUTDOWN_GRACE_MS } from "../../protocol/limits.ts";
import type { Clock } from "./clock.ts";
import { entrypointProblem } from "./entrypoint.ts";
import type { ProcessExit } from "../function-errors.ts";
import type { Invocation } from "../invocation.ts";
import type { FunctionProcess, ProcessPlan } from "./function-process.ts";
import { startProcess } from "./start-process.ts";
import { RuntimeApi, type FunctionIdentity } from "../runtime-api/runtime-api.ts";
import { Session, type RuntimeInit } from "../runtime-api/session.ts";

export interface SandboxPlan extends Pick<ProcessPlan, "watchMemory" | "memoryLimitBytes" | "onLine" | "reaper"> {
  readonly taskRoot: string;
  /** Of its environment, once the address of the Runtime API is known. */
  readonly variables: (runtimeApi: string) => Readonly<Record<string, string>>;
  readonly identity: FunctionIdentity;
  readonly concurrent: boolean;
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
  readonly #process: FunctionProcess;
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
    const start = await startProcess({ ...plan, file, cwd: plan.taskRoot, environment });
    if (start.kind === "failed") {
      await api.close();
      return { kind: "invalid-entrypoint", reason: start.reason };
    }
    return { kind: "started", sandbox: new Sandbox(session, api, start.process, startedAt) };
  }

  private constructor(session: Session, api: RuntimeApi, process: FunctionProcess, startedAt: number) {
    this.startedAt = startedAt;
    this.#session = session;
    this.#api = api;
    this.#process = process;
    this.ended = process.ended.then(async (exit) => {
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
    return this.#process.maxMemoryMb;
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
  settle(): Promise<void> {
    return this.#process.settle();
  }

  /** Not once it has been asked to end: the invocation before may be over only then. */
  freeze(): void {
    if (this.#ending) return;
    this.#frozen = true;
    this.#process.freeze();
  }

  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    this.#process.thaw();
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
