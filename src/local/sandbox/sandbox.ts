import { join } from "node:path";
import { SHUTDOWN_GRACE_MS } from "../../protocol/limits.ts";
import { entrypointProblem } from "./entrypoint.ts";
import type { ProcessExit } from "../function-errors.ts";
import type { Invocation } from "../invocation.ts";
import { MemoryWatch } from "./memory-watch.ts";
import { ProcessGroup } from "./process-group.ts";
import type { Reaper } from "./reaper.ts";
import { RuntimeApi, type FunctionIdentity } from "../runtime-api/runtime-api.ts";
import { Session, type InitOutcome } from "../runtime-api/session.ts";

export interface SandboxPlan {
  readonly taskRoot: string;
  /** The variables once the address of the Runtime API is known. */
  readonly environment: (runtimeApi: string) => Readonly<Record<string, string>>;
  readonly identity: FunctionIdentity;
  readonly concurrent: boolean;
  /** A process tree that holds more is killed. Infinity for no limit. */
  readonly memoryLimitBytes: number;
  readonly onLine: (line: string) => void;
  readonly reaper: Reaper;
}

export type SandboxStart =
  | { readonly kind: "started"; readonly sandbox: Sandbox }
  | { readonly kind: "invalid-entrypoint"; readonly reason: string };

/** One process of the function, from its start to its death, with the Runtime API that only it can reach. */
export class Sandbox {
  readonly #session: Session;
  readonly #api: RuntimeApi;
  readonly #process: ProcessGroup;
  readonly #memory: MemoryWatch;
  #frozen = false;
  readonly ended: Promise<ProcessExit>;
  /** When the process was started, on the clock of `performance.now()`. */
  readonly startedAt: number;

  static async start(plan: SandboxPlan): Promise<SandboxStart> {
    const file = join(plan.taskRoot, "bootstrap");
    const problem = await entrypointProblem(file);
    if (problem !== undefined) return { kind: "invalid-entrypoint", reason: problem };
    const session = new Session({ concurrent: plan.concurrent });
    const api = await RuntimeApi.listen(session, plan.identity);
    const environment = plan.environment(api.address);
    const startedAt = performance.now();
    const { taskRoot: cwd, onLine, reaper } = plan;
    const start = await ProcessGroup.start({ file, cwd, environment, onLine, reaper });
    if (start.kind === "failed") {
      await api.close();
      return { kind: "invalid-entrypoint", reason: start.reason };
    }
    return { kind: "started", sandbox: new Sandbox(session, api, start.group, plan.memoryLimitBytes, startedAt) };
  }

  private constructor(
    session: Session,
    api: RuntimeApi,
    group: ProcessGroup,
    memoryLimitBytes: number,
    startedAt: number,
  ) {
    this.startedAt = startedAt;
    this.#session = session;
    this.#api = api;
    this.#process = group;
    this.#memory = new MemoryWatch(group.pid, memoryLimitBytes, () => group.kill());
    this.#memory.start();
    this.ended = group.ended.then(async (exit) => {
      this.#memory.stop();
      await this.#api.close();
      return exit;
    });
  }

  get initialised(): Promise<InitOutcome> {
    return this.#session.initialised;
  }

  /** The most memory seen so far. */
  get maxMemoryMb(): number {
    return this.#memory.maxMb;
  }

  /** Resolves when the runtime is through with it; never, if the process ends first. */
  deliver(invocation: Invocation, deadlineMs: number): Promise<void> {
    return this.#session.deliver(invocation, deadlineMs);
  }

  abandon(invocation: Invocation): void {
    this.#session.abandon(invocation);
  }

  /** Reads the remaining output and takes the memory's measure: what a REPORT needs. */
  async settle(): Promise<void> {
    await this.#process.outputRead();
    this.#memory.measure();
  }

  freeze(): void {
    this.#memory.stop();
    this.#frozen = true;
    this.#process.freeze();
  }

  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    this.#process.thaw();
    this.#memory.start();
  }

  /**
   * Ends the process as Lambda does: at once, unless an extension asked for notice; then SIGTERM and half a second.
   * Resolves when it is gone.
   */
  async shutdown(): Promise<void> {
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
