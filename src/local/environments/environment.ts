import { INIT_PHASE_MS } from "../../protocol/limits.ts";
import type { EnvironmentLog } from "./environment-log.ts";
import { InitErrors } from "./init-errors.ts";
import { failureAnswer, initialise, type FailedInit, type Initialised } from "./initialise.ts";
import { STOPPED, type Invocation } from "../invocation.ts";
import { Clock } from "../sandbox/clock.ts";
import type { Sandbox, SandboxPlan } from "../sandbox/sandbox.ts";
import { messageOf } from "../../support/system-error.ts";

/** What the pool needs of an environment, whether it takes one invocation at a time or many. */
export interface ExecutionEnvironment {
  readonly id: string;
  /** Invocations it could take now. */
  readonly room: number;
  /** Invocations whose callers are answered: it will soon have room for as many. */
  readonly finishing: number;
  /** Never rejects. Resolves when the environment has done with the invocation. */
  invoke(invocation: Invocation): Promise<void>;
  /** Answers what is in flight, ends the process, and resolves when it is gone. */
  stop(): Promise<void>;
}

export interface EnvironmentOptions {
  readonly id: string;
  readonly log: EnvironmentLog;
  readonly plan: Omit<SandboxPlan, "onLine" | "concurrent">;
  readonly timeoutMs: number;
  /** Off, processes run on between invocations: for debuggers. */
  readonly freeze: boolean;
}

/** `cold`: never started. `reset`: its process is gone, and the next invocation starts another as part of itself. */
type State =
  | { readonly kind: "cold" | "reset" | "stopped" }
  | { readonly kind: "starting" | "ready"; readonly sandbox: Sandbox };

/** The execution environment of an ordinary function: one invocation at a time, frozen in between. */
export class Environment implements ExecutionEnvironment {
  readonly id: string;
  readonly #options: EnvironmentOptions;
  readonly #log: EnvironmentLog;
  #state: State = { kind: "cold" };
  #current: Invocation | undefined;
  readonly #initErrors = new InitErrors();

  constructor(options: EnvironmentOptions) {
    this.id = options.id;
    this.#options = options;
    this.#log = options.log;
  }

  get room(): number {
    return this.#current === undefined && this.#state.kind !== "stopped" ? 1 : 0;
  }

  get finishing(): number {
    return this.#current?.outcome === undefined ? 0 : 1;
  }

  async invoke(invocation: Invocation): Promise<void> {
    this.#current = invocation;
    try {
      await this.#run(invocation);
    } catch (error) {
      invocation.unavailable(couldNotRun(error));
    } finally {
      this.#current = undefined;
      // Only a stop gets here without an answer: every other way has given one.
      invocation.unavailable(STOPPED);
    }
  }

  async stop(): Promise<void> {
    const state = this.#state;
    this.#state = { kind: "stopped" };
    this.#current?.answer({ kind: "unavailable", message: STOPPED });
    if (state.kind === "starting" || state.kind === "ready") await state.sandbox.shutdown();
    await this.#current?.finished;
  }

  async #run(invocation: Invocation): Promise<void> {
    let initDurationMs: number | undefined;
    if (this.#state.kind === "cold") {
      this.#log.initStart();
      const init = await this.#initialise("init", INIT_PHASE_MS);
      if (init.kind === "ready") initDurationMs = init.durationMs;
    }
    const clock = new Clock(this.#options.timeoutMs);
    try {
      // Lambda gives a process that failed or was lost another try, in the invocation's own time.
      if (isReset(this.#state)) {
        const init = await this.#initialise("invoke", this.#options.timeoutMs);
        if (init.kind === "failed") return this.#refuse(invocation, clock, init);
      }
      if (isReady(this.#state)) await this.#use(this.#state.sandbox, invocation, clock, initDurationMs);
    } finally {
      clock.stop();
    }
  }

  /** Leaves the state at `ready` or `reset`; at `stopped` if that came meanwhile. */
  async #initialise(phase: "init" | "invoke", limitMs: number): Promise<Initialised> {
    const onLine = (line: string): void => {
      if (this.#state.kind === "ready" || !this.#initErrors.repeats(line)) this.#log.line(line);
    };
    const plan: SandboxPlan = { ...this.#options.plan, concurrent: false, onLine };
    const init = await initialise(plan, limitMs, (sandbox) => {
      if (this.#state.kind === "stopped") void sandbox.shutdown();
      else this.#state = { kind: "starting", sandbox };
    });
    if (isStopped(this.#state)) return init;
    if (init.kind === "failed") {
      this.#log.initFailed(init.durationMs, phase, init.cause);
      this.#state = { kind: "reset" };
    } else {
      this.#state = { kind: "ready", sandbox: init.sandbox };
      void this.#noticeLoss(init.sandbox);
    }
    return init;
  }

  async #use(
    sandbox: Sandbox,
    invocation: Invocation,
    clock: Clock,
    initDurationMs: number | undefined,
  ): Promise<void> {
    this.#log.start(invocation);
    sandbox.thaw();
    const end = await sandbox.serve(invocation, clock);
    const durationMs = clock.elapsedMs;
    if (isStopped(this.#state)) return;
    if (end.kind !== "done") {
      this.#state = { kind: "reset" };
      const { requestId } = invocation.request;
      invocation.fail(failureAnswer(end, requestId, this.#options.timeoutMs));
      // What runs on past its time must not write on while its log is closed.
      if (end.kind === "timeout") sandbox.freeze();
    }
    await sandbox.settle();
    const measures = { maxMemoryMb: sandbox.maxMemoryMb, initDurationMs };
    this.#log.end(invocation, durationMs, measures, end.kind === "done" ? undefined : end);
    invocation.finish();
    if (end.kind === "timeout") await sandbox.shutdown();
    if (end.kind === "done" && this.#options.freeze) sandbox.freeze();
  }

  #refuse(invocation: Invocation, clock: Clock, { cause, maxMemoryMb }: FailedInit): void {
    if (this.#state.kind === "stopped") return;
    this.#log.start(invocation);
    invocation.fail(failureAnswer(cause, invocation.request.requestId, this.#options.timeoutMs));
    this.#log.end(invocation, clock.elapsedMs, { maxMemoryMb }, cause);
  }

  /** A process that ends while nobody waits for it is replaced when it is needed. */
  async #noticeLoss(sandbox: Sandbox): Promise<void> {
    const exit = await sandbox.ended;
    const state = this.#state;
    if (this.#current !== undefined || state.kind !== "ready" || state.sandbox !== sandbox) return;
    this.#state = { kind: "reset" };
    this.#log.lost(exit);
  }
}

// The state changes during an await, which the compiler's narrowing can't see: these ask again.
function isStopped(state: State): boolean {
  return state.kind === "stopped";
}

function isReset(state: State): boolean {
  return state.kind === "reset";
}

function isReady(state: State): state is Extract<State, { sandbox: Sandbox }> {
  return state.kind === "ready";
}

/** For what only the machine can cause: no more processes, no more files, a full disk. */
export function couldNotRun(error: unknown): string {
  return `The environment could not be run: ${messageOf(error)}`;
}
